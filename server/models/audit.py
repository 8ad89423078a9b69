"""What members did, apart from what they did to reports: that stands in their events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.account import User
from server.models.base import Base
from server.models.site import Site


class AuditEntry(Base):
    """One act. Never changed after it is stored.

    ``actor`` is None where it was done on the server's command line, by the server itself, or by
    the link in a mail to who has no account; that one's address begins the detail.
    ``site`` is None where it concerns the actor's own account. ``action`` is a name such as
    ``member.invited``; ``detail`` says in a few words what it was about.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_site", "site_id", "id"),
        Index("ix_audit_entry_actor", "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text, default="")

    actor: Mapped[User | None] = relationship()
    site: Mapped[Site | None] = relationship()
