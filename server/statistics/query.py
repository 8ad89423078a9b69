"""What the queries of the figures share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Interval, case, cast, func, literal
from sqlalchemy.orm import Session

from server.models import Report
from server.reports.withholding import not_withheld
from server.statistics.figure import Period

Sites = Sequence[int]

# To the first day of a week (Monday) or month.
_SQLITE_STEPS = {"day": (), "week": ("weekday 0", "-6 days"), "month": ("start of month",)}


def reported(sites: Sites, period: Period) -> list[ColumnElement[bool]]:
    """Of a query about reports: those that came in the period."""
    return [
        Report.site_id.in_(sites),
        Report.first_submitted_at >= period.begin,
        Report.first_submitted_at < period.end,
    ]


def heard_of(sites: Sites, period: Period) -> list[ColumnElement[bool]]:
    """Reports that came and were shown to editors: what a rule took for spam is nobody's help."""
    return [*reported(sites, period), not_withheld()]


def resolved(sites: Sites, period: Period) -> list[ColumnElement[bool]]:
    """Of a query about reports: those that were closed in the period."""
    return [
        Report.site_id.in_(sites),
        Report.resolved_at >= period.begin,
        Report.resolved_at < period.end,
    ]


def start_of(session: Session, period: Period, column: Any) -> ColumnElement[Any]:
    """The first day, in the period's zone, of the row that a moment belongs to (see
    :meth:`Period.starts`); a date on PostgreSQL, its text on SQLite."""
    if session.get_bind().dialect.name == "sqlite":
        ahead = _ahead(period, column, lambda offset: f"{offset.total_seconds():+.0f} seconds")
        return func.date(column, ahead, *_SQLITE_STEPS[period.grain])
    ahead = _ahead(period, column, lambda offset: literal(offset, Interval()))
    return func.date(func.date_trunc(period.grain, func.timezone("UTC", column) + ahead))


def _ahead(period: Period, column: Any, said: Callable[[timedelta], Any]) -> Any:
    """How far the zone is ahead of UTC at a moment, as ``said``. SQLite knows no zones, and what
    PostgreSQL knows of them may be of another year."""
    *earlier, (_, last) = period.offsets
    if not earlier:
        return said(last)
    ends = [moment for moment, _ in period.offsets[1:]]
    return case(
        *((column < end, said(offset)) for end, (_, offset) in zip(ends, earlier, strict=True)),
        else_=said(last),
    )


def seconds_between(session: Session, earlier: Any, later: Any) -> ColumnElement[Any]:
    """The time between two columns."""
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(later) - func.julianday(earlier)) * 86_400
    return func.extract("epoch", later - earlier)


def sum_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group meet a condition."""
    return func.sum(cast(condition, Integer))
