"""One action on many reports."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.account import User
from server.models.base import Base, new_public_id, one_of

BULK_KINDS = ("fixed", "rejected", "spam", "take", "undo")
BULK_STATES = ("running", "done", "cancelled")
OUTCOMES = ("waiting", "done", "skipped")


class BulkAction(Base):
    """What an account asked to be done with many reports. ``undoes``: the one that it takes
    back."""

    __tablename__ = "bulk_action"
    __table_args__ = (
        CheckConstraint(one_of("kind", BULK_KINDS), name="kind"),
        CheckConstraint(one_of("state", BULK_STATES), name="state"),
        Index(
            "ix_bulk_action_running",
            "id",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="running")
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_action.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)

    user: Mapped[User] = relationship()


class BulkItem(Base):
    """One of the reports: the version that was seen, and the one that it has afterwards."""

    __tablename__ = "bulk_item"
    __table_args__ = (
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        Index("ix_bulk_item_outcome", "bulk_id", "outcome"),
    )

    bulk_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_action.id", ondelete="CASCADE"), primary_key=True
    )
    report_id: Mapped[int] = mapped_column(
        ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    version: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10), default="waiting")
    led_to: Mapped[int | None]
