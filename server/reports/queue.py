"""The editors' queue: named queries, each within the sites of one account.

A page of the queue costs the same among a thousand reports and among a million: one branch of the
query for each site and status reads its few rows from ``ix_report_queue``, and only those few are
put in order together.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session, joinedload

from server.models import Membership, Report, Site, User
from server.models.report import STATUSES

VIEWS = (*STATUSES, "all")
PAGE_SIZE = 50
# Counting goes no further: the exact number would cost more than the page.
COUNT_LIMIT = 1_000
# SQLite takes no more than 500 terms in one compound SELECT.
MAX_BRANCHES = 400

Branch = tuple[int, str]


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the queue: the time of a last submission, and an id among equal times."""

    moment: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}_{self.id}"

    @classmethod
    def of(cls, report: Report) -> Cursor:
        return cls(report.last_submitted_at, report.id)

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor of an address; None for what is none."""
        moment, _, number = text.rpartition("_")
        try:
            aware = datetime.fromisoformat(moment)
            cursor = cls(aware.astimezone(UTC), int(number))
        except (ValueError, OverflowError):
            return None
        return cursor if aware.tzinfo and 0 <= cursor.id < 2**63 else None


def reports_in_view(
    session: Session,
    user: User,
    view: str = "open",
    *,
    site: Site | None = None,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> tuple[Sequence[Report], Cursor | None]:
    """One page of a view, newest first, and the cursor of the next page if there is one."""
    found = _cursors(session, _branches(session, user, view, site), limit + 1, older_than=after)
    reports = _load(session, found[:limit])
    return reports, found[limit - 1] if len(found) > limit else None


def neighbours_of(
    session: Session,
    user: User,
    report: Report,
    view: str = "open",
    *,
    site: Site | None = None,
) -> tuple[Report | None, Report | None]:
    """The reports of a view just newer and just older than this one."""
    here = Cursor.of(report)
    branches = _branches(session, user, view, site)
    newer = _load(session, _cursors(session, branches, 1, newer_than=here))
    older = _load(session, _cursors(session, branches, 1, older_than=here))
    return newer[0] if newer else None, older[0] if older else None


def counts_by_view(session: Session, user: User, site: Site | None = None) -> dict[str, int]:
    """How many reports each view holds, counted to COUNT_LIMIT."""
    counts = dict.fromkeys(VIEWS, 0)
    for batch in _batches(_branches(session, user, "all", site)):
        for status, count in session.execute(union_all(*map(_count_of, batch))):
            counts[status] += count
            counts["all"] += count
    return {view: min(count, COUNT_LIMIT) for view, count in counts.items()}


def report_of(session: Session, user: User, public_id: uuid.UUID) -> Report | None:
    """A report; None where the account does not belong to its site."""
    return session.scalar(
        select(Report)
        .join(Membership, Membership.site_id == Report.site_id)
        .where(Membership.user_id == user.id, Report.public_id == public_id)
        .options(joinedload(Report.page), joinedload(Report.site))
    )


def _branches(session: Session, user: User, view: str, site: Site | None) -> list[Branch]:
    """Each site and status that a view consists of; none but the account's own sites."""
    query = select(Membership.site_id).where(Membership.user_id == user.id)
    if site:
        query = query.where(Membership.site_id == site.id)
    statuses = STATUSES if view == "all" else (view,)
    return list(product(session.scalars(query), statuses))


def _batches(branches: Sequence[Branch]) -> Iterator[Sequence[Branch]]:
    for start in range(0, len(branches), MAX_BRANCHES):
        yield branches[start : start + MAX_BRANCHES]


def _within(site_id: int, status: str) -> tuple[Any, Any]:
    return Report.site_id == site_id, Report.status == status


def _count_of(branch: Branch) -> Select[str, int]:
    counted = select(literal(1)).where(*_within(*branch)).limit(COUNT_LIMIT).subquery()
    return select(literal(branch[1]), func.count()).select_from(counted)


def _cursors(
    session: Session,
    branches: Sequence[Branch],
    limit: int,
    *,
    older_than: Cursor | None = None,
    newer_than: Cursor | None = None,
) -> list[Cursor]:
    """Where reports stand: newest first, or with ``newer_than`` the nearest first."""
    key = tuple_(Report.last_submitted_at, Report.id)

    def rows_of(branch: Branch) -> Select[Any]:
        query = select(Report.last_submitted_at, Report.id).where(*_within(*branch)).limit(limit)
        if newer_than:
            there = tuple_(newer_than.moment, newer_than.id)
            query = query.where(key > there).order_by(Report.last_submitted_at, Report.id)
        else:
            query = query.order_by(Report.last_submitted_at.desc(), Report.id.desc())
        if older_than:
            query = query.where(key < tuple_(older_than.moment, older_than.id))
        return select(query.subquery())

    found = [
        Cursor(moment, id)
        for batch in _batches(branches)
        for moment, id in session.execute(union_all(*map(rows_of, batch)))
    ]
    return sorted(found, reverse=newer_than is None)[:limit]


def _load(session: Session, cursors: Sequence[Cursor]) -> list[Report]:
    if not cursors:
        return []
    reports = session.scalars(
        select(Report)
        .where(Report.id.in_([cursor.id for cursor in cursors]))
        .options(joinedload(Report.page), joinedload(Report.site))
    )
    by_id = {report.id: report for report in reports}
    return [by_id[cursor.id] for cursor in cursors if cursor.id in by_id]
