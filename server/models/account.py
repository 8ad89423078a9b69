"""Accounts and what they may do on which site."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from flask_security.core import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.base import Base, new_public_id, one_of
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
    # Of its pages and mails, BCP 47; empty: that of the browser, and of the site a mail is about.
    language: Mapped[str] = mapped_column(String(35), default="", server_default="")
    # Second factor: "authenticator" where one is set up; its secret and the recovery codes are
    # encrypted with keys made from the server's secret key.
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    # The last time step whose code was taken: no code is good twice.
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    # Names the account to its passkeys, without telling them the address. None until the first.
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment]  # theirs has no None
        String(64), unique=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=now)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    webauthn: Mapped[list[Passkey]] = relationship(  # type: ignore[assignment]  # theirs is wider
        back_populates="user", cascade="all, delete-orphan", order_by="Passkey.id"
    )

    login_sessions: Mapped[list[LoginSession]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="LoginSession.id"
    )

    # Flask-Security asks for roles; ours are per site, in Membership.
    roles: list[RoleMixin] = []  # noqa: RUF012 - the base class's own form


# "Ann@example.org" and "ann@example.org" reach the same person.
Index("ix_account_email_lower", func.lower(User.email), unique=True)


class Passkey(Base, WebAuthnMixin):
    """A credential that logs in without a password (W3C WebAuthn). The columns are those that
    Flask-Security asks for."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    backup_state: Mapped[bool] = mapped_column(default=False)
    device_type: Mapped[str] = mapped_column(String(64), default="")
    extensions: Mapped[str | None] = mapped_column(String(255))
    usage: Mapped[str] = mapped_column(String(64))
    lastuse_datetime: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)

    user: Mapped[User] = relationship(back_populates="webauthn")

    def get_user_mapping(self) -> dict[str, int]:
        """How Flask-Security finds the account again."""
        return {"id": self.user_id}


class LoginSession(Base):
    """One log-in in one browser: the cookie of the session, and the one that lets somebody stay
    logged in, are good for as long as the row is there. ``device`` is coarse ("Firefox, Linux"),
    and no address is kept."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    # SHA-256 of a random token that the cookies alone hold.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    device: Mapped[str] = mapped_column(String(80), default="")
    remembered: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now, index=True)

    user: Mapped[User] = relationship(back_populates="login_sessions")


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
