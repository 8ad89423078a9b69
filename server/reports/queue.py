"""The editors' queue: views of it, each within the sites of one account."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, ScalarSelect, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from server.models import Event, Membership, Report, User
from server.models.report import STATUSES
from server.reports.filters import EVERYTHING, Filter
from server.reports.scope import Scope
from server.reports.views import NEWEST, VIEWS, Cursor, Order
from server.reports.walk import walk

PAGE_SIZE = 50
# Counting goes no further: the exact number would cost more than the page.
COUNT_LIMIT = 1_000
# How many reports are looked at for the next and the previous one, and for news.
NEARBY = 2_000
MAX_NEWS = 50


@dataclass(frozen=True)
class Listing:
    """One page of a view. ``following`` is where the next one begins, if there is one; ``cut``: not
    all reports were looked at, further ones may be found there."""

    reports: Sequence[Report]
    following: Cursor | None
    cut: bool


def _counted(view: str) -> ScalarSelect[int]:
    """How many reports of one site and status a view holds, to a limit."""
    shown = VIEWS[view]
    some = select(literal(1)).where(
        Report.site_id == bindparam("site"), Report.status == shown.statuses[0]
    )
    if shown.whose:
        mine, nobodys = Report.assignee_id == bindparam("user"), Report.assignee_id.is_(None)
        some = some.where(mine if shown.whose == "me" else nobodys)
    some = some.limit(bindparam("most", type_=Integer))
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


# Written once: to put it together costs more than to ask it.
_COUNTS = select(*(_counted(view).label(view) for view in VIEWS if view != "all"))


def reports_in_view(
    session: Session,
    user: User,
    view: str = "open",
    *,
    filter: Filter = EVERYTHING,
    order: Order = NEWEST,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> Listing:
    """One page of a view in some order."""
    scope = Scope.of(session, user, view, filter)
    found = walk(session, scope, order, limit, below=after)
    return Listing(_load(session, found.cursors), found.end, found.cut)


def neighbours_of(
    session: Session,
    user: User,
    report: Report,
    view: str = "open",
    *,
    filter: Filter = EVERYTHING,
    order: Order = NEWEST,
) -> tuple[Report | None, Report | None]:
    """The reports of a view just above and just below this one; None too where the next one that
    fits is far away."""
    here = order.cursor_of(report)
    scope = Scope.of(session, user, view, filter)
    above = walk(session, scope, order, 1, above=here, looked_at=NEARBY)
    below = walk(session, scope, order, 1, below=here, looked_at=NEARBY)
    first, last = (_load(session, each.cursors) for each in (above, below))
    return next(iter(first), None), next(iter(last), None)


def ids_in_batches(
    session: Session,
    user: User,
    view: str,
    filter: Filter = EVERYTHING,
    *,
    before: datetime | None = None,
    size: int = 200,
) -> Iterator[list[int]]:
    """The ids of all reports in a view, the newest first, batch by batch.

    Each batch is read when it is asked for, so that the caller may change the one before, and end
    transactions. Left out is what readers sent after ``before``: nobody saw it.
    """
    here = Cursor(before, 0) if before else None
    while True:
        # Memberships may end meanwhile.
        scope = Scope.of(session, user, view, filter)
        found = walk(session, scope, NEWEST, size, below=here)
        if found.cursors:
            yield [each.id for each in found.cursors]
        if found.end is None:
            return
        here = found.end


def news_in_view(
    session: Session,
    user: User,
    view: str,
    filter: Filter,
    since: datetime,
    known: Sequence[uuid.UUID] = (),
) -> Sequence[Report]:
    """The reports that readers opened, or opened again, since a moment, newest first, to MAX_NEWS;
    without those that are ``known``. What others joined was there before."""
    everything = Scope.of(session, user, view, Filter(site_id=filter.site_id))
    if not walk(session, everything.since(since), NEWEST, 1).cursors:
        # As most times.
        return []
    scope = Scope.of(session, user, view, filter)
    found = walk(session, scope.since(since), NEWEST, 2 * MAX_NEWS, looked_at=NEARBY)
    if not found.cursors:
        return []
    came = exists().where(
        Event.report_id == Report.id, Event.kind == "reopened", Event.created_at > since
    )
    fresh = session.scalars(
        select(Report.id).where(
            Report.id.in_([each.id for each in found.cursors]),
            or_(Report.first_submitted_at > since, came),
            Report.public_id.not_in(known),
        )
    ).all()
    return _load(session, [each for each in found.cursors if each.id in set(fresh)][:MAX_NEWS])


def counts_by_view(session: Session, user: User, site_id: int | None = None) -> dict[str, int]:
    """How many reports each view holds, counted to COUNT_LIMIT."""
    counts = dict.fromkeys(VIEWS, 0)
    for site in Scope.of(session, user, "all", Filter(site_id=site_id)).site_ids:
        values = {"site": site, "user": user.id, "most": COUNT_LIMIT}
        found = session.execute(_COUNTS, values).one()
        for view, count in found._mapping.items():
            counts[view] += count
    counts["all"] = sum(counts[status] for status in STATUSES)
    return {view: min(count, COUNT_LIMIT) for view, count in counts.items()}


def report_of(session: Session, user: User, public_id: uuid.UUID) -> Report | None:
    """A report; None where the account does not belong to its site."""
    return session.scalar(
        select(Report)
        .join(Membership, Membership.site_id == Report.site_id)
        .where(Membership.user_id == user.id, Report.public_id == public_id)
        .options(joinedload(Report.page), joinedload(Report.site))
    )


def _load(session: Session, cursors: Sequence[Cursor]) -> list[Report]:
    if not cursors:
        return []
    reports = session.scalars(
        select(Report)
        .where(Report.id.in_([cursor.id for cursor in cursors]))
        .options(joinedload(Report.page), joinedload(Report.site), joinedload(Report.assignee))
    )
    by_id = {report.id: report for report in reports}
    return [by_id[cursor.id] for cursor in cursors if cursor.id in by_id]
