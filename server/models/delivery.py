"""Deliveries: the transactional outbox."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.base import Base, new_public_id, one_of
from server.models.report import Event, Report
from server.models.site import Site

# queued: owed. kept: rendered and shown, as no mail server is configured. failed: given up,
# with the server's words in last_error.
DELIVERY_STATES = ("queued", "sent", "kept", "failed")
CHANNELS = ("mail", "webhook", "apprise")
# report: about one report, at once. collected: what came within a burst, quiet hours or beyond an
# hour's budget, or was assigned. digest: the queue, once in a period. thanks: to a reader. test:
# nothing but itself.
# account: about the recipient's own account; belongs to no site, and no page shows it.
DELIVERY_KINDS = ("report", "collected", "digest", "thanks", "test", "account")


class Delivery(Base):
    """One message owed to one recipient through one channel.

    Written in the transaction that marks its cause as done: an announcement as routed, a digest's
    period as past. ``dedupe_key`` names the cause and the recipient, so that no cause can owe the
    same message twice. ``report`` and ``event`` are set where it is about one report; all that it
    is about stand in ``reports``. ``collects`` names what it still gathers while it waits.

    A worker claims it by setting ``lease_token`` and ``lease_until``; a lease that ran out may be
    claimed again. ``message_id`` is fixed when the row is written, so that a message sent twice
    can be recognised as one. ``subject``, ``text`` and ``html`` are what was sent or kept.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(one_of("kind", DELIVERY_KINDS), name="kind"),
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        Index("ix_delivery_due", "state", "due_at", "id"),
        Index("ix_delivery_site", "site_id", "id"),
        Index("ix_delivery_recipient", "recipient", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    # None for the kind "account" alone.
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10), default="report")
    report_id: Mapped[int | None] = mapped_column(
        ForeignKey("report.id", ondelete="CASCADE"), index=True
    )
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10), default="mail")
    recipient: Mapped[str] = mapped_column(String(500))
    dedupe_key: Mapped[str] = mapped_column(String(64), unique=True)
    collects: Mapped[str | None] = mapped_column(String(40))
    # Of a digest: what it covers, as :mod:`server.notify.digests` writes it; of a mail about an
    # account: which (:mod:`server.notify.account_mail`).
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    # Its worker died between sending and marking: it may have arrived twice.
    possible_duplicate: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]

    # Whoever meets a mail about an account looks at its kind first.
    site: Mapped[Site] = relationship()
    report: Mapped[Report | None] = relationship()
    event: Mapped[Event | None] = relationship()
    reports: Mapped[list[DeliveryReport]] = relationship(
        back_populates="delivery", order_by="DeliveryReport.event_id", passive_deletes=True
    )


# Few at a time: the address is taken out when the thanks were sent or given up.
_names_a_reader = (Delivery.kind == "thanks") & (Delivery.recipient != "")
Index(
    "ix_delivery_thanks",
    Delivery.id,
    sqlite_where=_names_a_reader,
    postgresql_where=_names_a_reader,
)


class DeliveryReport(Base):
    """A report that a delivery is about, and the event that made it so."""

    __tablename__ = "delivery_report"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    report_id: Mapped[int] = mapped_column(
        ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))

    delivery: Mapped[Delivery] = relationship(back_populates="reports")
    report: Mapped[Report] = relationship()
    event: Mapped[Event] = relationship()
