"""The figures of some sites in a period: one function each, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, select
from sqlalchemy.orm import Session

from server.models import Page, Report, Submission
from server.reports.withholding import not_withheld
from server.statistics.figure import Cell, Figure, Period
from server.text.evidence.score import LEVELS, LIKELY, POSSIBLE

# Rows of a table of pages or languages.
MOST = 15
HOUR_SECONDS = 3_600

Sites = Sequence[int]


def by_day(session: Session, sites: Sites, period: Period) -> Figure:
    """Reports that came and that were closed, for each day."""
    came = _counts(session, _heard_of(sites, period), Report.first_submitted_at)
    closed = {
        status: _counts(
            session, [*_resolved(sites, period), Report.status == status], Report.resolved_at
        )
        for status in ("fixed", "rejected", "spam")
    }
    rows: list[tuple[Cell, ...]] = [
        (
            str(day),
            came.get(str(day), 0),
            *(counts.get(str(day), 0) for counts in closed.values()),
        )
        for day in period.days()
    ]
    return Figure(
        "days",
        "Reports by day",
        ("Day", "Reported", "Fixed", "Rejected", "Spam"),
        rows,
        "reports",
        drawn=(1, 2),
        by_time=True,
    )


def time_to_fix(session: Session, sites: Sites, period: Period) -> Figure:
    """The median time from the first report to the fix, for each day of the fix."""
    day = _day(session, Report.resolved_at)
    seconds = _seconds_between(session, Report.first_submitted_at, Report.resolved_at)
    numbered = (
        select(
            day.label("day"),
            seconds.label("seconds"),
            func.row_number().over(partition_by=day, order_by=seconds).label("place"),
            func.count().over(partition_by=day).label("of"),
        )
        .where(*_resolved(sites, period), Report.status == "fixed")
        .subquery()
    )
    # The middle one, or the two in the middle.
    middle = numbered.c.place.in_([(numbered.c.of + 1) // 2, (numbered.c.of + 2) // 2])
    medians = session.execute(
        select(numbered.c.day, func.avg(numbered.c.seconds), func.max(numbered.c.of))
        .where(middle)
        .group_by(numbered.c.day)
    )
    known = {str(name): (float(median) / HOUR_SECONDS, int(of)) for name, median, of in medians}
    rows = [
        (str(each), round(known[str(each)][0], 1), known[str(each)][1])
        if str(each) in known
        else (str(each), None, 0)
        for each in period.days()
    ]
    return Figure(
        "time-to-fix",
        "Median time to fix",
        ("Day", "Hours", "Fixed"),
        rows,
        "hours",
        by_time=True,
    )


def outcomes(session: Session, sites: Sites, period: Period) -> Figure:
    """What became of the reports that came in the period: the share of real mistakes."""
    counts = dict(
        session.execute(
            select(Report.status, func.count())
            .where(*_reported(sites, period))
            .group_by(Report.status)
        ).all()
    )
    whole = sum(counts.values()) or 1
    rows = [
        (name.capitalize(), counts.get(name, 0), round(100 * counts.get(name, 0) / whole, 1))
        for name in ("open", "fixed", "rejected", "spam")
    ]
    return Figure(
        "outcomes", "What became of them", ("State", "Reports", "Percent"), rows, "reports"
    )


def certainty(session: Session, sites: Sites, period: Period) -> Figure:
    """Whether the evidence was right: how many reports of each level were fixed."""
    level = case(
        (Report.score >= LIKELY, LEVELS[0]), (Report.score >= POSSIBLE, LEVELS[1]), else_=LEVELS[2]
    )
    found = {
        name: (int(fixed or 0), int(rejected or 0))
        for name, fixed, rejected in session.execute(
            select(level, _sum(Report.status == "fixed"), _sum(Report.status == "rejected"))
            .where(*_reported(sites, period))
            .group_by(level)
        )
    }
    rows = []
    for name in LEVELS:
        fixed, rejected = found.get(name, (0, 0))
        judged = fixed + rejected
        share = round(100 * fixed / judged, 1) if judged else None
        rows.append((name.capitalize(), fixed, rejected, share))
    return Figure(
        "certainty",
        "Was the evidence right?",
        ("Evidence said", "Fixed", "Rejected", "Percent fixed"),
        rows,
        "reports",
        drawn=(1, 2),
    )


def pages(session: Session, sites: Sites, period: Period) -> Figure:
    """The pages with the most reports."""
    rows = session.execute(
        _most(Page.title, Page.url)
        .join(Page, Page.id == Report.page_id)
        .where(*_heard_of(sites, period))
        .group_by(Page.id, Page.title, Page.url)
    ).all()
    return Figure(
        "pages",
        "Pages with the most reports",
        ("Page", "Reports", "Fixed", "Address"),
        [(title or url, count, int(fixed or 0), url) for title, url, count, fixed in rows],
        "reports",
    )


def languages(session: Session, sites: Sites, period: Period) -> Figure:
    """Reports by the language of their page."""
    rows = session.execute(
        _most(Page.language)
        .join(Page, Page.id == Report.page_id)
        .where(*_heard_of(sites, period))
        .group_by(Page.language)
    ).all()
    return Figure(
        "languages",
        "Languages",
        ("Language", "Reports", "Fixed"),
        [(language or "unknown", count, int(fixed or 0)) for language, count, fixed in rows],
        "reports",
    )


def readers(session: Session, sites: Sites, period: Period) -> Figure:
    """How many readers helped, for each day, whoever sends spam not among them. Nobody is known
    longer than a day."""
    day = _day(session, Submission.received_at)
    found = {
        str(name): (int(networks), int(count))
        for name, networks, count in session.execute(
            select(day, func.count(Submission.reader_hash.distinct()), func.count())
            .where(
                Submission.site_id.in_(sites),
                Submission.spam.is_(False),
                Submission.received_at >= period.begin,
                Submission.received_at < period.end,
            )
            .group_by(day)
        )
    }
    rows = [(str(each), *found.get(str(each), (0, 0))) for each in period.days()]
    return Figure(
        "readers",
        "Readers who help",
        ("Day", "Readers", "Submissions"),
        rows,
        "readers",
        by_time=True,
    )


FIGURES: dict[str, Callable[[Session, Sites, Period], Figure]] = {
    "days": by_day,
    "time-to-fix": time_to_fix,
    "outcomes": outcomes,
    "certainty": certainty,
    "readers": readers,
    "pages": pages,
    "languages": languages,
}


def _reported(sites: Sites, period: Period) -> list[ColumnElement[bool]]:
    return [
        Report.site_id.in_(sites),
        Report.first_submitted_at >= period.begin,
        Report.first_submitted_at < period.end,
    ]


def _heard_of(sites: Sites, period: Period) -> list[ColumnElement[bool]]:
    """Reports that came and were shown to editors: what a rule took for spam is nobody's help."""
    return [*_reported(sites, period), not_withheld()]


def _resolved(sites: Sites, period: Period) -> list[ColumnElement[bool]]:
    return [
        Report.site_id.in_(sites),
        Report.resolved_at >= period.begin,
        Report.resolved_at < period.end,
    ]


def _most(*columns: Any) -> Select[Any]:
    count = func.count()
    return (
        select(*columns, count, _sum(Report.status == "fixed"))
        .select_from(Report)
        .order_by(count.desc(), *columns)
        .limit(MOST)
    )


def _counts(session: Session, where: list[ColumnElement[bool]], column: Any) -> dict[str, int]:
    day = _day(session, column)
    found = session.execute(select(day, func.count()).where(*where).group_by(day))
    return {str(name): count for name, count in found}


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(cast(condition, Integer))


def _day(session: Session, column: Any) -> ColumnElement[Any]:
    """The day in UTC; a date on PostgreSQL, its text on SQLite."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(column)
    return func.date(func.timezone("UTC", column))


def _seconds_between(session: Session, earlier: Any, later: Any) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(later) - func.julianday(earlier)) * 86_400
    return func.extract("epoch", later - earlier)
