"""What a site's owner does not want to hear from, or of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.clock import now
from server.models.base import Base, one_of

BLOCK_KINDS = ("network", "word", "url")


class Block(Base):
    """One entry of a site's block list. ``pattern`` is what the owner typed: a network such as
    ``192.0.2.0/24``, a word or an address in which ``*`` stands for anything."""

    __tablename__ = "block"
    __table_args__ = (
        UniqueConstraint("site_id", "kind", "pattern"),
        CheckConstraint(one_of("kind", BLOCK_KINDS), name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    pattern: Mapped[str] = mapped_column(String(300))
    # Why, in the owner's words.
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
