"""Announcements: events that editors must hear of, not yet or already routed to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.base import Base
from server.models.report import Event, Report
from server.models.site import Site


class Announcement(Base):
    """One event that editors must hear of.

    Intake writes it in the transaction that stores the submission. A worker turns it into
    deliveries once and sets ``routed_at``; until then it looks at it whenever ``due_at`` is past.
    """

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    routed_at: Mapped[datetime | None]

    site: Mapped[Site] = relationship()
    report: Mapped[Report] = relationship()
    event: Mapped[Event] = relationship()


# What is routed is kept for a while; only the few others are looked for all the time.
_unrouted = Announcement.routed_at.is_(None)
Index(
    "ix_announcement_due",
    Announcement.due_at,
    Announcement.id,
    sqlite_where=_unrouted,
    postgresql_where=_unrouted,
)
