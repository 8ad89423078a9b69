"""Who hears of a site's reports, how often, and which reports go to whom."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.account import User
from server.models.base import Base, new_public_id, one_of
from server.models.site import Site

MODES = ("at_once", "hourly", "daily", "weekly", "never")
DIGEST_MODES = ("hourly", "daily", "weekly")


class Subscription(Base):
    """How one member, or one address without an account, hears of one site's reports.

    A member without a row has the default of his role (:mod:`server.notify.subscriptions`).
    ``hour`` 0 to 23 and ``weekday`` (0: Monday) are in ``zone``, an IANA name; ``quiet_from`` and
    ``quiet_until`` are minutes of its day, both or neither. ``next_digest_at`` is set where a
    digest is to come, and ``digest_until`` is how far the last one reached.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("site_id", "user_id"),
        UniqueConstraint("site_id", "address"),
        CheckConstraint("(user_id IS NULL) <> (address IS NULL)", name="recipient"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
        Index("ix_subscription_digest", "next_digest_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    # In lower case.
    address: Mapped[str | None] = mapped_column(String(254))
    # Of who has no account: how owners call the address, and the language of its mail, BCP 47;
    # empty: the site's.
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    language: Mapped[str] = mapped_column(String(35), default="", server_default="")
    mode: Mapped[str] = mapped_column(String(10), default="at_once")
    hour: Mapped[int] = mapped_column(default=8)
    weekday: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    min_readers: Mapped[int] = mapped_column(default=1)
    min_score: Mapped[int] = mapped_column(default=0)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    next_digest_at: Mapped[datetime | None]
    digest_until: Mapped[datetime | None]
    # Whether a member is told that somebody else assigned reports to him.
    assigned: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(default=now)

    site: Mapped[Site] = relationship()
    user: Mapped[User | None] = relationship()


class RoutingRule(Base):
    """Which reports go to whom. An empty condition is none. ``author_first``: to the page's
    author where the site knows the address, else to the recipients."""

    __tablename__ = "routing_rule"
    __table_args__ = (Index("ix_routing_rule_site", "site_id", "position", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    author: Mapped[str] = mapped_column(String(200), default="")
    section: Mapped[str] = mapped_column(String(200), default="")
    path: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    evidence: Mapped[str] = mapped_column(String(40), default="")
    min_score: Mapped[int] = mapped_column(default=0)
    author_first: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    recipients: Mapped[list[RuleRecipient]] = relationship(
        back_populates="rule", cascade="all, delete-orphan", order_by="RuleRecipient.id"
    )


class RuleRecipient(Base):
    """A member, or an address without an account, that a rule sends reports to."""

    __tablename__ = "rule_recipient"
    __table_args__ = (CheckConstraint("(user_id IS NULL) <> (address IS NULL)", name="recipient"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(
        ForeignKey("routing_rule.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str | None] = mapped_column(String(254))

    rule: Mapped[RoutingRule] = relationship(back_populates="recipients")
    user: Mapped[User | None] = relationship()


class AuthorAddress(Base):
    """Where an author reads mail. ``name_key`` is the name as it is compared."""

    __tablename__ = "author_address"
    __table_args__ = (UniqueConstraint("site_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(400))
    address: Mapped[str] = mapped_column(String(254))
