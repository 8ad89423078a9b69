"""How many reports each view of the queue holds.

A number costs the same however many there are: it is exact up to a limit, and where a filter lets
many through it is how many were found among those that were looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import User
from server.models.report import STATUSES
from server.reports import queue
from server.reports.filters import Filter
from server.reports.scope import Scope
from server.reports.views import NEWEST, ORDERS, VIEWS, Order
from server.reports.walk import Few, find_few, tally

# How many reports of a view are looked at where no index names those that fit.
LOOKED_AT = 1_000


@dataclass(frozen=True)
class Count:
    """``more``: there may be more than this."""

    number: int
    more: bool = False


def counts_of_views(session: Session, user: User, filter: Filter) -> dict[str, Count]:
    """What each view holds of an account's sites, within a filter."""
    limit = queue.COUNT_LIMIT
    if not filter.narrows:
        whole = queue.counts_by_view(session, user, filter.site_id)
        return {view: Count(number, number >= limit) for view, number in whole.items()}
    scope = Scope.of(session, user, "all", filter)
    if not scope.site_ids:
        return dict.fromkeys(VIEWS, Count(0))
    few = find_few(session, scope.parts())
    return _along(session, scope) if few is None else _among(session, scope, few)


def _among(session: Session, scope: Scope, few: Few) -> dict[str, Count]:
    counts = dict.fromkeys(VIEWS, 0)
    state = (few.listed.status, few.listed.assignee_id)
    states = select(*state, func.count()).where(*few.conditions).group_by(*state)
    for status, holder, number in session.execute(states):
        for name, view in VIEWS.items():
            counts[name] += number * view.takes(status, holder, scope.user_id)
    return {view: _capped(number) for view, number in counts.items()}


def _along(session: Session, whole: Scope) -> dict[str, Count]:
    counts = {}
    for name, view in VIEWS.items():
        if view != whole.view:
            scope = replace(whole, view=view)
            found, more = tally(
                session, scope, _order_of(scope), most=queue.COUNT_LIMIT, looked_at=LOOKED_AT
            )
            counts[name] = _capped(found, more)
    each = [counts[status] for status in STATUSES]
    counts["all"] = _capped(sum(one.number for one in each), any(one.more for one in each))
    return counts


def _order_of(scope: Scope) -> Order:
    """The one whose index decides a part of the filter."""
    ranged = {each.column for each in scope.narrowing.ranges}
    return next((each for each in ORDERS.values() if each.column.key in ranged), NEWEST)


def _capped(number: int, more: bool = False) -> Count:
    limit = queue.COUNT_LIMIT
    return Count(min(number, limit), more or number > limit)
