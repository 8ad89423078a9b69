"""What editors tell each other about a report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.account import User
from server.models.base import Base
from server.models.report import Report


class Note(Base):
    """An internal note on a report: for the site's members alone. Never changed."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)

    report: Mapped[Report] = relationship()
    author: Mapped[User | None] = relationship()
