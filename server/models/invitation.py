"""Who was asked to join a site and has not answered yet."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.account import ROLES, User
from server.models.base import Base, new_public_id, one_of
from server.models.site import Site


class Invitation(Base):
    """An address that may join a site with a role until ``expires_at``; ``email`` is in lower case.
    The link in its mail is a signature over ``public_id``: the row goes when it is used or
    withdrawn, and the link with it."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("site_id", "email"),
        CheckConstraint(one_of("role", ROLES), name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[str] = mapped_column(String(10))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]

    site: Mapped[Site] = relationship()
    invited_by: Mapped[User | None] = relationship()
