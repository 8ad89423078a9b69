"""What recipients do not want to hear of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.base import Base
from server.models.report import Page


class PageMute(Base):
    """A page of which one address gets no mail. ``address`` is in lower case: that of an account,
    or one without an account."""

    __tablename__ = "page_mute"
    __table_args__ = (UniqueConstraint("page_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    page: Mapped[Page] = relationship()
