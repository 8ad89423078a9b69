"""The editors' queue: named queries, each within the sites of one account.

A page of the queue costs the same among a thousand reports and among a million: one branch of the
query for each site and status reads its few rows from ``ix_report_queue`` or
``ix_report_certainty``, and only those few are put in order together.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from server.models import Membership, Report, Site, User
from server.models.report import STATUSES

VIEWS = (*STATUSES, "all")
PAGE_SIZE = 50
# Counting goes no further: the exact number would cost more than the page.
COUNT_LIMIT = 1_000
# SQLite takes no more than 500 terms in one compound SELECT.
MAX_BRANCHES = 400

Branch = tuple[int, str]


@dataclass(frozen=True)
class Order:
    """What a queue is sorted by, the highest first; an id decides between equals, the newer first.

    Each column has an index of its own that begins with site and status.
    """

    column: InstrumentedAttribute[Any]
    parse: Callable[[str], Any]

    def cursor_of(self, report: Report) -> Cursor:
        return Cursor(getattr(report, self.column.key), report.id)

    def cursor(self, text: str) -> Cursor | None:
        """The cursor of an address; None for what is none of this order."""
        value, _, number = text.rpartition("_")
        try:
            cursor = Cursor(self.parse(value), int(number))
        except (ValueError, OverflowError):
            return None
        return cursor if 0 <= cursor.id < 2**63 else None


def _moment(text: str) -> datetime:
    aware = datetime.fromisoformat(text)
    if aware.tzinfo is None:
        raise ValueError("a moment without a time zone is no place in the queue")
    return aware.astimezone(UTC)


def _score(text: str) -> int:
    if not 0 <= (score := int(text)) <= 100:
        raise ValueError("a score is at most 100")
    return score


ORDERS = {
    "newest": Order(Report.last_submitted_at, _moment),
    "certainty": Order(Report.score, _score),
}
NEWEST = ORDERS["newest"]


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the queue: what it is sorted by (the moment of a last submission, or a score),
    and an id among equals."""

    value: Any
    id: int

    def __str__(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return f"{value}_{self.id}"


def reports_in_view(
    session: Session,
    user: User,
    view: str = "open",
    *,
    site: Site | None = None,
    order: Order = NEWEST,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> tuple[Sequence[Report], Cursor | None]:
    """One page of a view in some order, and the cursor of the next page if there is one."""
    branches = _branches(session, user, view, site)
    found = _cursors(session, branches, order, limit + 1, below=after)
    reports = _load(session, found[:limit])
    return reports, found[limit - 1] if len(found) > limit else None


def neighbours_of(
    session: Session,
    user: User,
    report: Report,
    view: str = "open",
    *,
    site: Site | None = None,
    order: Order = NEWEST,
) -> tuple[Report | None, Report | None]:
    """The reports of a view just above and just below this one."""
    here = order.cursor_of(report)
    branches = _branches(session, user, view, site)
    above = _load(session, _cursors(session, branches, order, 1, above=here))
    below = _load(session, _cursors(session, branches, order, 1, below=here))
    return above[0] if above else None, below[0] if below else None


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
    order: Order,
    limit: int,
    *,
    below: Cursor | None = None,
    above: Cursor | None = None,
) -> list[Cursor]:
    """Where reports stand: the highest first, or with ``above`` the nearest first."""
    key = tuple_(order.column, Report.id)

    def rows_of(branch: Branch) -> Select[Any]:
        query = select(order.column, Report.id).where(*_within(*branch)).limit(limit)
        if above:
            query = query.where(key > tuple_(above.value, above.id))
            query = query.order_by(order.column, Report.id)
        else:
            query = query.order_by(order.column.desc(), Report.id.desc())
        if below:
            query = query.where(key < tuple_(below.value, below.id))
        return select(query.subquery())

    found = [
        Cursor(value, id)
        for batch in _batches(branches)
        for value, id in session.execute(union_all(*map(rows_of, batch)))
    ]
    return sorted(found, reverse=above is None)[:limit]


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
