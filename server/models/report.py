"""Pages, reports, submissions and events."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    column,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.clock import now
from server.models.account import User
from server.models.base import Base, new_public_id, one_of
from server.models.page_path import path_of
from server.models.site import Site
from server.text.evidence import BASE

STATUSES = ("open", "fixed", "rejected", "spam")
# What becomes of a report, and what editors do with it meanwhile.
STATUS_KINDS = ("opened", "fixed", "rejected", "spam", "reopened")
WORK_KINDS = ("assigned", "unassigned", "corrected")
EVENT_KINDS = (*STATUS_KINDS, "joined", *WORK_KINDS)
EVENT_SOURCES = ("widget", "dashboard", "mail", "api", "command", "rule")


def _index_of_said(name: str) -> Index:
    """By what pages say of themselves, where they say it."""
    said = text(f"{name} <> ''")
    return Index(f"ix_page_{name}", "site_id", name, sqlite_where=said, postgresql_where=said)


class Page(Base):
    """One article. ``url_hash`` stands for its key (:func:`server.text.page_identity.page_key`): an
    address can outgrow an index entry. ``url`` is the address it was first seen under."""

    __tablename__ = "page"
    __table_args__ = (
        UniqueConstraint("site_id", "url_hash"),
        _index_of_said("author"),
        _index_of_said("section"),
        _index_of_said("language"),
        Index("ix_page_path", "site_id", path_of(column("url"))),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    url_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    title: Mapped[str] = mapped_column(Text, default="")
    # A BCP 47 tag, or empty; what was said stands in the submissions.
    language: Mapped[str] = mapped_column(String(35), default="")
    # What the page declares: hints for routing, which nobody vouches for.
    author: Mapped[str] = mapped_column(String(200), default="", server_default="")
    section: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


# What the queue is sorted by.
_SORTED = ("last_submitted_at", "score", "readers")
_IN_HAND = ("site_id", "assignee_id", "status")


def _index_of_order(name: str, by: str) -> Index:
    """In the order of a column, and beside it what else a list asks of a report
    (:data:`server.reports.narrowing.LISTED`), so that thousands can be looked at for one page."""
    others = [each for each in _SORTED if each != by]
    keys = ("site_id", "status", by, "id")
    return Index(f"ix_report_{name}", *keys, *others, "assignee_id", "page_id")


class Report(Base):
    """One mistake at one place on one page; the item of the editors' queue.

    ``exact``, ``prefix``, ``suffix``: W3C TextQuoteSelector, normalised. The sentence that an
    editor reads is ``before + exact + after``. ``version`` counts changes of its status, of who
    has it and of ``correction``, so that of two editors the second learns that the first was
    faster. ``suggestion`` is the readers', ``correction`` an editor's own; empty: none.
    ``evidence``, ``score`` (0 to 100): see :mod:`server.reports.evidence`; ``evaluated_at`` is
    empty where they are still owed. ``position``: characters of the page's text from where its main
    part begins to the selection, negative before it, and ``text_length`` from there to the page's
    end, when the words were selected; None where the widget did not say.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("site_id", "page_id", "place_hash"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("readers >= 1", name="readers"),
        Index("ix_report_page", "page_id", "id", "status", *_SORTED, "assignee_id"),
        _index_of_order("queue", "last_submitted_at"),
        Index("ix_report_assignee", *_IN_HAND, "last_submitted_at", "id", *_SORTED[1:], "page_id"),
        Index("ix_report_came", "site_id", "first_submitted_at"),
        Index(
            "ix_report_closed",
            "site_id",
            "resolved_at",
            sqlite_where=text("resolved_at IS NOT NULL"),
            postgresql_where=text("resolved_at IS NOT NULL"),
        ),
        _index_of_order("certainty", "score"),
        _index_of_order("readers", "readers"),
        Index(
            "ix_report_unexamined",
            "id",
            sqlite_where=text("evaluated_at IS NULL"),
            postgresql_where=text("evaluated_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"))
    place_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    # See server.text.stored_place; None where it was not written.
    place: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10), default="open")
    version: Mapped[int] = mapped_column(default=1)
    exact: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text, default="")
    suffix: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    fragment: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int | None]
    text_length: Mapped[int | None]
    suggestion: Mapped[str] = mapped_column(Text, default="")
    correction: Mapped[str] = mapped_column(Text, default="", server_default="")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    readers: Mapped[int] = mapped_column(default=1)
    first_submitted_at: Mapped[datetime] = mapped_column(default=now)
    last_submitted_at: Mapped[datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime | None]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    score: Mapped[int] = mapped_column(default=BASE, server_default=str(BASE))
    evaluated_at: Mapped[datetime | None]

    site: Mapped[Site] = relationship()
    page: Mapped[Page] = relationship()
    assignee: Mapped[User | None] = relationship()
    submissions: Mapped[list[Submission]] = relationship(
        back_populates="report", order_by="Submission.id", passive_deletes=True
    )
    events: Mapped[list[Event]] = relationship(
        back_populates="report", order_by="Event.id", passive_deletes=True
    )

    @property
    def shown_correction(self) -> str:
        """The editor's correction where there is one, else the readers'; empty: none."""
        return self.correction or self.suggestion


class Submission(Base):
    """One reader's act: what one POST carried. Never changed after it is stored."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("site_id", "idempotency_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=new_public_id)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    idempotency_key: Mapped[str] = mapped_column(String(64))
    # The answer that was given: a repeated request gets the same one.
    answered_status: Mapped[str] = mapped_column(String(10))
    answered_readers: Mapped[int]
    page_url: Mapped[str] = mapped_column(Text)
    page_title: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(35), default="")
    exact: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text, default="")
    suffix: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    suggestion: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    # Where on the page: see Report.
    position: Mapped[int | None]
    text_length: Mapped[int | None]
    widget: Mapped[str] = mapped_column(String(32), default="")
    # Whether it counts for nothing: a rule took it for spam, and no editor said otherwise.
    spam: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Why a rule took it for spam, heaviest first: {"kind", "weight", "words"} of each sign (see
    # server.text.spam); empty where none did.
    spam_reasons: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )
    # See server.reports.readers; None where the network is not known.
    reader_hash: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    received_at: Mapped[datetime] = mapped_column(default=now, index=True)

    report: Mapped[Report] = relationship(back_populates="submissions")


class Event(Base):
    """One change of a report: who, when, from where. Never changed after it is stored.

    ``assignee``: to whom it was ``assigned``; ``correction``: what an editor ``corrected`` it to,
    empty where that was taken away.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(one_of("kind", EVENT_KINDS), name="kind"),
        CheckConstraint(one_of("source", EVENT_SOURCES), name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
    # Of a recipient without an account who acted from a mail; else empty.
    address: Mapped[str] = mapped_column(String(254), default="", server_default="")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    correction: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)

    report: Mapped[Report] = relationship(back_populates="events")
    actor: Mapped[User | None] = relationship(foreign_keys=[actor_id])
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
