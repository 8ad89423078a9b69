"""Where else a site's events go, and what became of each attempt."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.base import Base, one_of
from server.models.delivery import Delivery
from server.models.site import Site

CHANNEL_KINDS = ("webhook", "apprise")


def new_reference() -> str:
    return f"ch_{secrets.token_hex(12)}"


class Channel(Base):
    """A webhook, or a chat service that Apprise knows, of one site.

    Deliveries name it by ``reference``. ``address`` is the webhook's, or the Apprise address, which
    holds a password. ``secret`` signs webhooks (``whsec_…``); until ``former_until`` the one before
    it signs as well. ``events`` are kinds of events.
    """

    __tablename__ = "channel"
    __table_args__ = (CheckConstraint(one_of("kind", CHANNEL_KINDS), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True, default=new_reference)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(120), default="")
    former_secret: Mapped[str] = mapped_column(String(120), default="")
    former_until: Mapped[datetime | None]
    events: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    site: Mapped[Site] = relationship()


class Attempt(Base):
    """One try to send a delivery through a channel. ``status``: the HTTP status, if there was an
    answer; ``answer``: its first bytes, or what went wrong."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=now)
    milliseconds: Mapped[int]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    delivery: Mapped[Delivery] = relationship()


class Breaker(Base):
    """A recipient that refused. From the moment that ``probe_at`` is set its deliveries are held,
    and one of them at a time is tried when it comes."""

    __tablename__ = "breaker"
    __table_args__ = (UniqueConstraint("channel", "recipient"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    recipient: Mapped[str] = mapped_column(String(500))
    # In a row: one success takes the whole row away.
    refusals: Mapped[int] = mapped_column(default=0)
    held_since: Mapped[datetime | None]
    probe_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")
