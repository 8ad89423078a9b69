"""Which reports a view and a filter hold for one account, and how they are walked through.

A walk costs the same among a thousand reports and among a million. One branch of a query for each
site and status reads its few rows from the index of the order, and only those are put in order
together. What no index of the order can decide is asked of some other index first: where it names
few reports, those are all that is looked at; where it names many, they are not far apart, and the
order is walked until enough are found, to a limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import product
from operator import gt
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, select, true, union_all
from sqlalchemy.orm import Session

from server.models import Membership, Page, Report, User
from server.reports.filters import EVERYTHING, Filter
from server.reports.narrowing import Listed, Narrowing, Range, narrowing_of
from server.reports.views import VIEWS, Cursor, Order, View

# Where an index names no more reports than this, all of them are looked at.
FEW = 2_000
# How many reports are looked at for one page where it names more.
LOOKED_AT = 10_000
CHUNK = 200
# SQLite takes no more than 500 terms in one compound SELECT.
MAX_BRANCHES = 400

T = TypeVar("T")
Branch = tuple[int, str]
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Stretch:
    """A part of a walk. ``end``: where it goes on, None where nothing follows; ``cut``: it ended
    because enough was looked at, not because enough was found."""

    cursors: list[Cursor]
    end: Cursor | None = None
    cut: bool = False


@dataclass(frozen=True)
class Scope:
    """The sites are none but the account's own."""

    site_ids: Sequence[int]
    view: View
    user_id: int
    narrowing: Narrowing = field(default_factory=Narrowing)

    @classmethod
    def of(cls, session: Session, user: User, view: str, filter: Filter = EVERYTHING) -> Scope:
        query = select(Membership.site_id).where(Membership.user_id == user.id)
        if filter.site_id is not None:
            query = query.where(Membership.site_id == filter.site_id)
        site_ids = session.scalars(query.order_by(Membership.site_id)).all()
        shown = VIEWS[view]
        narrowing = narrowing_of(session, filter, site_ids, shown.statuses)
        return cls(site_ids, shown, user.id, narrowing)

    def since(self, moment: datetime) -> Scope:
        """Of these reports those that were submitted after a moment."""
        later = Range(Report.last_submitted_at.key, gt, moment)
        narrowing = replace(self.narrowing, ranges=(*self.narrowing.ranges, later))
        return replace(self, narrowing=narrowing)

    @property
    def branches(self) -> list[Branch]:
        return list(product(self.site_ids, self.view.statuses))

    def within(self, report: type[Report]) -> Condition:
        return and_(
            report.site_id.in_(self.site_ids),
            report.status.in_(self.view.statuses),
            self.held(report),
        )

    def held(self, report: type[Report]) -> Condition:
        """Who has the reports."""
        if not self.view.whose:
            return true()
        return report.assignee_id == (self.user_id if self.view.whose == "me" else None)

    def along(self, order: Order) -> list[Condition]:
        """What the index of an order decides by itself."""
        ranges = [each for each in self.narrowing.ranges if each.column == order.column.key]
        own = [each.of(Report) for each in ranges]
        return [*own, self.held(Report)] if order.is_of_time else own

    def is_along(self, order: Order) -> bool:
        """Whether it decides everything."""
        ranges = all(each.column == order.column.key for each in self.narrowing.ranges)
        return (
            ranges and not self.narrowing.conditions and (order.is_of_time or not self.view.whose)
        )

    @property
    def sources(self) -> list[Select[int]]:
        own = select(Report.id.label("id")).where(self.within(Report))
        return [*self.narrowing.sources, *([own] if self.view.whose == "me" else [])]

    def fitting(self, order: Order) -> Select[Any]:
        """Those of the Listed that belong to it."""
        return (
            select(getattr(Listed, order.column.key), Listed.id)
            .join(Page, Page.id == Listed.page_id)
            .where(
                self.within(Listed),
                *self.narrowing.conditions,
                *(each.of(Listed) for each in self.narrowing.ranges),
            )
        )


def walk(
    session: Session,
    scope: Scope,
    order: Order,
    wanted: int,
    *,
    below: Cursor | None = None,
    above: Cursor | None = None,
    looked_at: int | None = None,
) -> Stretch:
    """The next ``wanted`` reports of a scope in some order, from its top or below a place; with
    ``above`` those before a place, the nearest first. ``looked_at``: at how many reports at most,
    in place of LOOKED_AT."""
    way = _Way(session, scope, order, below or above, backwards=above is not None)
    if not scope.site_ids:
        return Stretch([])
    if scope.is_along(order):
        found = way.read(wanted + 1, way.start)
        return Stretch(found[:wanted], found[wanted - 1] if len(found) > wanted else None)
    ids = few(session, scope)
    if ids is not None:
        return way.among(ids, wanted)
    return way.search(wanted, looked_at or LOOKED_AT)


@dataclass(frozen=True)
class _Way:
    session: Session
    scope: Scope
    order: Order
    start: Cursor | None
    backwards: bool

    @property
    def descending(self) -> bool:
        return self.order.descending != self.backwards

    def read(self, limit: int, after: Cursor | None) -> list[Cursor]:
        """The next places in the index of the order, whatever stands there."""
        parts = [
            self._rows(branch, limit, condition)
            for branch in self.scope.branches
            for condition in self._further(after)
        ]
        found = [
            Cursor(value, id)
            for batch in batches(parts)
            for value, id in self.session.execute(union_all(*batch))
        ]
        return sorted(found, reverse=self.descending)[:limit]

    def _further(self, after: Cursor | None) -> list[Condition]:
        """What comes after a place: its equals, and the others. Asked for apart, because SQLite
        would read all equals that stand before it."""
        if after is None:
            return [true()]
        column = self.order.column
        if self.descending:
            return [and_(column == after.value, Report.id < after.id), column < after.value]
        return [and_(column == after.value, Report.id > after.id), column > after.value]

    def _rows(self, branch: Branch, limit: int, further: Condition) -> Select[Any]:
        column = self.order.column
        query = select(column, Report.id).where(
            Report.site_id == branch[0],
            Report.status == branch[1],
            further,
            *self.scope.along(self.order),
        )
        if self.descending:
            query = query.order_by(column.desc(), Report.id.desc())
        else:
            query = query.order_by(column, Report.id)
        return select(query.limit(limit).subquery())

    def among(self, ids: Sequence[int], wanted: int) -> Stretch:
        """Of some reports those that fit, all of them at once."""
        fitting = sorted(self._fitting(ids), reverse=self.descending)
        if self.start:
            start = self.start
            fitting = [
                each for each in fitting if (each < start if self.descending else each > start)
            ]
        end = fitting[wanted - 1] if len(fitting) > wanted else None
        return Stretch(fitting[:wanted], end)

    def search(self, wanted: int, looked_at: int) -> Stretch:
        """Along the order, in growing chunks, until enough is found or looked at."""
        found: list[Cursor] = []
        here, chunk, left = self.start, CHUNK, looked_at
        while True:
            places = self.read(chunk, here)
            fitting = self._fitting([each.id for each in places])
            found += sorted(fitting, reverse=self.descending)
            if len(found) > wanted:
                return Stretch(found[:wanted], found[wanted - 1])
            if len(places) < chunk:
                return Stretch(found)
            here, left = places[-1], left - chunk * len(self.scope.branches)
            if left <= 0:
                return Stretch(found, here, cut=True)
            chunk = max(CHUNK, min(chunk * 3, left // len(self.scope.branches)))

    def _fitting(self, ids: Sequence[int]) -> list[Cursor]:
        if not ids:
            return []
        rows = self.session.execute(
            self.scope.fitting(self.order), {"ids": list(ids), "most": len(ids)}
        )
        return [Cursor(value, id) for value, id in rows]


def batches(parts: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many parts of a compound SELECT as a database takes at once."""
    for start in range(0, len(parts), MAX_BRANCHES):
        yield parts[start : start + MAX_BRANCHES]


def few(session: Session, scope: Scope) -> Sequence[int] | None:
    """All reports that may fit, where some index says that they are few."""
    for source in scope.sources:
        ids = session.scalars(source.limit(FEW + 1)).all()
        if len(ids) <= FEW:
            return ids
    return None
