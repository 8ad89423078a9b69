"""What is known of readers: nothing that outlives its purpose (see docs/privacy.md)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.base import Base
from server.models.report import Submission


class ReaderKey(Base):
    """The secret of one day (UTC) by which readers' networks are hashed. Deleted when the day is
    over, so that nobody can find out again which network a hash stands for."""

    __tablename__ = "reader_key"

    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32))


class ReaderContact(Base):
    """An address that a reader left to be thanked. Deleted once it has served."""

    __tablename__ = "reader_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), unique=True
    )
    email: Mapped[str] = mapped_column(String(254))
    # BCP 47, of the page that was read; empty where the page does not say.
    language: Mapped[str] = mapped_column(String(35), default="")
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)

    submission: Mapped[Submission] = relationship()
