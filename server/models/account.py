"""Accounts and what they may do on which site."""

from __future__ import annotations

import secrets
from datetime import datetime

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.base import Base, one_of
from server.models.site import Site

ROLES = ("owner", "editor", "viewer")


class User(Base, UserMixin):
    """An account. The columns are those that Flask-Security asks for."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    # Named in sessions instead of the id, so that changing it signs out everywhere.
    fs_uniquifier: Mapped[str] = mapped_column(
        String(64), unique=True, default=lambda: secrets.token_hex(32)
    )
    # Of mails to it, BCP 47; empty: that of the site it is about.
    language: Mapped[str] = mapped_column(String(35), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )

    # Flask-Security asks for roles; ours are per site, in Membership.
    roles: list[RoleMixin] = []  # noqa: RUF012 - the base class's own form


# "Ann@example.org" and "ann@example.org" reach the same person.
Index("ix_account_email_lower", func.lower(User.email), unique=True)


class Membership(Base):
    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "site_id"),
        CheckConstraint(one_of("role", ROLES), name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(10), default="editor")

    user: Mapped[User] = relationship(back_populates="memberships")
    site: Mapped[Site] = relationship()
