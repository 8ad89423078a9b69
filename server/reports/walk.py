"""How a list of reports is read in its order, from any place on.

A walk costs the same among a thousand reports and among a million. Each site and status has its
own stretch of the order's index; the database merges these lazily, and no more is read than is
shown. What that index cannot decide is asked of another index first: where it names few reports,
those are all that is looked at; where it names many, they are not far apart, and the order is
walked until enough are found, to a limit.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from heapq import merge
from operator import gt, lt
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, true, tuple_, type_coerce, union_all
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import NullType

from server.models import Report
from server.reports.narrowing import Condition, Part, Source
from server.reports.scope import Branch, Scope
from server.reports.views import Cursor, Order

# Where an index names no more reports than this, all of them are looked at.
FEW = 5_000
# How many reports are looked at for one page where it names more.
LOOKED_AT = 10_000
# How many of these a database is asked for at a time.
CHUNK = 500
# SQLite takes no more than 500 terms in one compound SELECT.
MAX_BRANCHES = 400

# What it is sorted by, as the database stores it; an id; whether it fits.
Place = tuple[Any, int, bool]


@dataclass(frozen=True)
class Stretch:
    """A part of a walk. ``end``: where it goes on, None where nothing follows; ``cut``: it ended
    because enough was looked at, not because enough was found."""

    cursors: list[Cursor]
    end: Cursor | None = None
    cut: bool = False


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
    if not scope.site_ids:
        return Stretch([])
    way = _Way(session, scope, order, below or above, backwards=above is not None)
    beside = scope.beside(order)
    if not beside:
        return way.read(wanted)
    few = find_few(session, beside)
    if few is not None:
        return way.among(few, wanted)
    return way.search(beside, wanted, looked_at or LOOKED_AT)


@dataclass(frozen=True)
class Few:
    """All reports that may fit. ``listed``: as a table; ``conditions``: what makes one of them
    fit, beside its status and what the order's index decides."""

    listed: type[Report]
    conditions: Sequence[Condition]


def find_few(session: Session, parts: Sequence[Part]) -> Few | None:
    """Where some index says that they are few."""
    for part in parts:
        source = part.source()
        if source is not None and _are_few(session, source):
            listed = aliased(Report, source.reports.limit(FEW + 1).subquery("listed"))
            others = [each for each in parts if each is not part or not source.exact]
            return Few(listed, [each.holds(listed) for each in others])
    return None


def tally(
    session: Session, scope: Scope, order: Order, *, most: int, looked_at: int
) -> tuple[int, bool]:
    """How many reports of a scope are found along an order, and whether there may be more: it ends
    where more than ``most`` are found of those that the order's index decides, else where it has
    looked at so many."""
    beside = scope.beside(order)
    limit = looked_at if beside else most + 1
    places = _Way(session, scope, order, None, backwards=False).merged(beside, limit)
    looked, found = 0, 0
    for each in places:
        some = each.subquery()
        counted = select(func.count(), func.sum(case((some.c.fits, 1), else_=0)))
        here, fitting = session.execute(counted.select_from(some)).one()
        looked, found = looked + here, found + (fitting or 0)
    return found, looked >= limit


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

    def merged(self, beside: Sequence[Part], limit: int) -> list[Select[Any]]:
        """Questions for the next places in the index of the order, whatever stands there: where,
        an id, and whether that has what is asked for beside. Several for very many sites."""
        fits = and_(true(), *(part.holds(Report) for part in beside))
        arms = [
            self._arm(branch, stretch, fits, limit)
            for branch in self.scope.branches
            for stretch in self._stretches()
        ]
        return [
            self._merged(arms[start : start + MAX_BRANCHES], limit)
            for start in range(0, len(arms), MAX_BRANCHES)
        ]

    def places(self, beside: Sequence[Part], limit: int) -> Generator[Place]:
        """What they answer."""
        # Without anything to look at, all that is asked for is needed.
        options = {"yield_per": CHUNK} if beside else {}
        rows = [
            self.session.execute(each, execution_options=options)
            for each in self.merged(beside, limit)
        ]
        try:
            yield from merge(*rows, reverse=self.descending)
        finally:
            for each in rows:
                each.close()

    def _cursor(self, place: Any, id: int) -> Cursor:
        dialect = self.session.get_bind().dialect
        read = self.order.column.type.dialect_impl(dialect).result_processor(dialect, None)
        return Cursor(read(place) if read else place, id)

    def _merged(self, arms: Sequence[Select[Any]], limit: int) -> Select[Any]:
        places = union_all(*arms).subquery()
        return select(places).order_by(*self._sorted(places.c.place, places.c.id)).limit(limit)

    def _arm(self, branch: Branch, stretch: Condition, fits: Condition, limit: int) -> Select[Any]:
        column = self.order.column
        # As the driver gives it: most places are only passed by.
        place: Any = type_coerce(column, NullType()).label("place")
        arm: Select[Any] = select(place, Report.id, fits.label("fits")).where(
            Report.site_id == branch[0],
            Report.status == branch[1],
            stretch,
            *self.scope.kept(self.order),
        )
        if self._is_sqlite:
            return arm
        # PostgreSQL merges what is in order already, where SQLite would put it in order once more.
        return arm.order_by(*self._sorted(column, Report.id)).limit(limit)

    def _stretches(self) -> list[Condition]:
        """What comes after the start, never with two beginnings, of which SQLite might take the one
        that is farther away."""
        start, ends = self.start, self.scope.ends(self.order)
        if start is not None:
            # The end of the filter that the walk comes from.
            near = [each for each in ends if each.is_beginning != self.descending]
            if all(each.holds(start.value) for each in near):
                rest = [each.of(Report) for each in ends if each not in near]
                return [and_(each, *rest) for each in self._behind(start)]
        return [and_(true(), *(each.of(Report) for each in ends))]

    def _behind(self, start: Cursor) -> list[Condition]:
        column = self.order.column
        compare = lt if self.descending else gt
        if not self._is_sqlite:
            return [compare(tuple_(column, Report.id), tuple_(start.value, start.id))]
        # Equals and others apart, because SQLite would read all equals that stand before.
        equals = and_(column == start.value, compare(Report.id, start.id))
        return [equals, compare(column, start.value)]

    @property
    def _is_sqlite(self) -> bool:
        return self.session.get_bind().dialect.name == "sqlite"

    def _sorted(self, *columns: Any) -> list[Any]:
        return [each.desc() if self.descending else each for each in columns]

    def among(self, few: Few, wanted: int) -> Stretch:
        """Of few those that fit."""
        listed = few.listed
        place = getattr(listed, self.order.key)
        query = select(place, listed.id).where(
            listed.status.in_(self.scope.view.statuses),
            *self.scope.along(self.order, listed),
            *few.conditions,
        )
        if (start := self.start) is not None:
            compare = lt if self.descending else gt
            after = and_(place == start.value, compare(listed.id, start.id))
            query = query.where(or_(compare(place, start.value), after))
        query = query.order_by(*self._sorted(place, listed.id)).limit(wanted + 1)
        found = [Cursor(value, id) for value, id in self.session.execute(query)]
        return Stretch(found[:wanted], found[wanted - 1] if len(found) > wanted else None)

    def read(self, wanted: int) -> Stretch:
        """Whatever stands along the order."""
        places = self.places([], wanted + 1)
        found = [self._cursor(place, id) for place, id, _ in places]
        return Stretch(found[:wanted], found[wanted - 1] if len(found) > wanted else None)

    def search(self, beside: Sequence[Part], wanted: int, looked_at: int) -> Stretch:
        """Along the order, until enough is found or looked at."""
        found: list[Cursor] = []
        last: tuple[Any, int] = (None, 0)
        with closing(self.places(beside, looked_at + 1)) as places:
            for number, (place, id, fits) in enumerate(places):
                if number == looked_at:
                    return Stretch(found, self._cursor(*last), cut=len(found) < wanted)
                if fits:
                    if len(found) == wanted:
                        return Stretch(found, found[-1])
                    found.append(self._cursor(place, id))
                last = place, id
        return Stretch(found)


def _are_few(session: Session, source: Source) -> bool:
    some = source.counted.limit(FEW + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) <= FEW
