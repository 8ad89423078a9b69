"""A site: a publication whose readers report to us."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.base import Base, one_of

# allowed: from a page of the site; foreign: from one that is not; unnamed: the browser did not say.
SIGHTING_KINDS = ("allowed", "foreign", "unnamed")


def new_site_key() -> str:
    """128 random bits. Public: the key identifies a site, it does not authorise."""
    return "ck_" + secrets.token_hex(16)


class Site(Base):
    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True, default=new_site_key)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    language: Mapped[str] = mapped_column(String(35), default="en")
    # An IANA name: dates for who chose no other are in it.
    zone: Mapped[str] = mapped_column(String(64), default="UTC", server_default="UTC")
    # What the widget is told, by the names of docs/widget.md.
    widget_settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The name of a challenge that senders must solve (see server.intake.challenges); empty: none.
    challenge: Mapped[str] = mapped_column(String(20), default="", server_default="")
    # Whether reports come from frames without an origin of their own (``Origin: null``).
    null_origin: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Whether links in comments are welcome, and no sign of spam.
    links_allowed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # How long what readers wrote is kept after a report was closed.
    retention_days: Mapped[int] = mapped_column(default=365, server_default="365")
    created_at: Mapped[datetime] = mapped_column(default=now)
    # Since when it is being erased: nobody sees it, and a worker takes away what is left of it.
    erasing_since: Mapped[datetime | None]

    origins: Mapped[list[SiteOrigin]] = relationship(
        back_populates="site", cascade="all, delete-orphan", order_by="SiteOrigin.pattern"
    )


class SiteOrigin(Base):
    """Where a site's articles live: ``https://example.org`` or ``https://*.example.org``."""

    __tablename__ = "site_origin"
    __table_args__ = (UniqueConstraint("site_id", "pattern"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    pattern: Mapped[str] = mapped_column(String(300))

    site: Mapped[Site] = relationship(back_populates="origins")


class FormerKey(Base):
    """A key that a site had before. Tags with it work until ``works_until``; the row stays, so that
    a page with an old tag can be told from one with a wrong one."""

    __tablename__ = "former_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    replaced_at: Mapped[datetime] = mapped_column(default=now)
    works_until: Mapped[datetime]


class Sighting(Base):
    """Where a site's tag was last asked for, by key and kind of page: an origin, no address, and
    nothing of who asked."""

    __tablename__ = "sighting"
    __table_args__ = (
        UniqueConstraint("site_id", "key", "kind"),
        CheckConstraint(one_of("kind", SIGHTING_KINDS), name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(String(300), default="")
    seen_at: Mapped[datetime]
