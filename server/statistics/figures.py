"""The figures of some sites in a period: one function each, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from server.language import gettext
from server.models import Report, Submission
from server.statistics.figure import Cell, Figure, Period
from server.statistics.most import authors, languages, pages
from server.statistics.query import (
    Sites,
    heard_of,
    reported,
    resolved,
    seconds_between,
    start_of,
    sum_of,
)
from server.text.evidence.score import LEVELS, LIKELY, POSSIBLE

HOUR_SECONDS = 3_600


def overview(session: Session, sites: Sites, period: Period) -> Figure:
    """The whole period in a few numbers. The share of real mistakes is of what editors decided."""
    fixed, judged = session.execute(
        select(
            func.coalesce(sum_of(Report.status == "fixed"), 0),
            func.coalesce(sum_of(Report.status != "open"), 0),
        ).where(*heard_of(sites, period))
    ).one()
    came = session.scalar(select(func.count()).where(*heard_of(sites, period)))
    submissions = session.scalar(select(func.count()).where(*_helped(sites, period)))
    rows: list[tuple[Cell, Cell]] = [
        (gettext("Reports"), came),
        (gettext("Submissions of readers"), submissions),
        (gettext("Median hours to fix"), _median_hours(session, sites, period)),
        (
            gettext("Real mistakes among those decided, percent"),
            round(100 * fixed / judged, 1) if judged else None,
        ),
    ]
    return Figure("overview", gettext("Overview"), (gettext("Figure"), gettext("Value")), rows)


def by_day(session: Session, sites: Sites, period: Period) -> Figure:
    """Reports that came and that were closed, for each day, week or month."""
    came = _counts(session, period, heard_of(sites, period), Report.first_submitted_at)
    closed = {
        status: _counts(
            session,
            period,
            [*resolved(sites, period), Report.status == status],
            Report.resolved_at,
        )
        for status in ("fixed", "rejected", "spam")
    }
    rows: list[tuple[Cell, ...]] = [
        (
            str(day),
            came.get(str(day), 0),
            *(counts.get(str(day), 0) for counts in closed.values()),
        )
        for day in period.starts()
    ]
    titles = {
        "day": gettext("Reports by day"),
        "week": gettext("Reports by week"),
        "month": gettext("Reports by month"),
    }
    return Figure(
        "days",
        titles[period.grain],
        (
            _name_of_row(period),
            gettext("Reported"),
            gettext("Fixed"),
            gettext("Rejected"),
            gettext("Spam"),
        ),
        rows,
        drawn=(1, 2),
        by_time=True,
    )


def time_to_fix(session: Session, sites: Sites, period: Period) -> Figure:
    """The median time from the first report to the fix, by the day, week or month of the fix."""
    known = _medians(session, sites, period, start_of(session, period, Report.resolved_at))
    rows = [
        (str(each), round(known[str(each)][0], 1), known[str(each)][1])
        if str(each) in known
        else (str(each), None, 0)
        for each in period.starts()
    ]
    return Figure(
        "time-to-fix",
        gettext("Median time to fix, in hours"),
        (_name_of_row(period), gettext("Hours"), gettext("Fixed")),
        rows,
        drawn=(1,),
        by_time=True,
    )


def outcomes(session: Session, sites: Sites, period: Period) -> Figure:
    """What became of the reports that came in the period."""
    counts = dict(
        session.execute(
            select(Report.status, func.count())
            .where(*reported(sites, period))
            .group_by(Report.status)
        ).all()
    )
    whole = sum(counts.values()) or 1
    states = {
        "open": gettext("Open"),
        "fixed": gettext("Fixed"),
        "rejected": gettext("Rejected"),
        "spam": gettext("Spam"),
    }
    rows = [
        (words, counts.get(name, 0), round(100 * counts.get(name, 0) / whole, 1))
        for name, words in states.items()
    ]
    return Figure(
        "outcomes",
        gettext("What became of them"),
        (gettext("State"), gettext("Reports"), gettext("Percent")),
        rows,
        drawn=(1,),
    )


def certainty(session: Session, sites: Sites, period: Period) -> Figure:
    """Whether the evidence was right: how many reports of each level were fixed."""
    level = case(
        (Report.score >= LIKELY, LEVELS[0]), (Report.score >= POSSIBLE, LEVELS[1]), else_=LEVELS[2]
    )
    found = {
        name: (int(fixed or 0), int(rejected or 0))
        for name, fixed, rejected in session.execute(
            select(level, sum_of(Report.status == "fixed"), sum_of(Report.status == "rejected"))
            .where(*reported(sites, period))
            .group_by(level)
        )
    }
    words = (gettext("Likely"), gettext("Possible"), gettext("Unclear"))
    rows = []
    for name, said in zip(LEVELS, words, strict=True):
        fixed, rejected = found.get(name, (0, 0))
        judged = fixed + rejected
        share = round(100 * fixed / judged, 1) if judged else None
        rows.append((said, fixed, rejected, share))
    return Figure(
        "certainty",
        gettext("Was the evidence right?"),
        (
            gettext("Evidence said"),
            gettext("Fixed"),
            gettext("Rejected"),
            gettext("Percent fixed"),
        ),
        rows,
        drawn=(1, 2),
    )


def readers(session: Session, sites: Sites, period: Period) -> Figure:
    """How many readers helped, whoever sends spam not among them. Nobody is known longer than a
    day: who helps on two days counts twice."""
    day = start_of(session, period, Submission.received_at)
    found = {
        str(name): (int(networks), int(count))
        for name, networks, count in session.execute(
            select(day, func.count(Submission.reader_hash.distinct()), func.count())
            .where(*_helped(sites, period))
            .group_by(day)
        )
    }
    rows = [(str(each), *found.get(str(each), (0, 0))) for each in period.starts()]
    return Figure(
        "readers",
        gettext("Readers who help"),
        (_name_of_row(period), gettext("Readers"), gettext("Submissions")),
        rows,
        drawn=(1,),
        by_time=True,
    )


FIGURES: dict[str, Callable[[Session, Sites, Period], Figure]] = {
    "overview": overview,
    "days": by_day,
    "time-to-fix": time_to_fix,
    "outcomes": outcomes,
    "certainty": certainty,
    "readers": readers,
    "pages": pages,
    "authors": authors,
    "languages": languages,
}


def _name_of_row(period: Period) -> str:
    names = {"day": gettext("Day"), "week": gettext("Week from"), "month": gettext("Month from")}
    return names[period.grain]


def _helped(sites: Sites, period: Period) -> list[ColumnElement[bool]]:
    return [
        Submission.site_id.in_(sites),
        Submission.spam.is_(False),
        Submission.received_at >= period.begin,
        Submission.received_at < period.end,
    ]


def _counts(
    session: Session, period: Period, where: list[ColumnElement[bool]], column: Any
) -> dict[str, int]:
    day = start_of(session, period, column)
    found = session.execute(select(day, func.count()).where(*where).group_by(day))
    return {str(name): count for name, count in found}


def _median_hours(session: Session, sites: Sites, period: Period) -> float | None:
    whole = _medians(session, sites, period, Report.status)
    return round(whole["fixed"][0], 1) if whole else None


def _medians(
    session: Session, sites: Sites, period: Period, group: Any
) -> dict[str, tuple[float, int]]:
    """The median hours from report to fix in each group, and how many were fixed."""
    seconds = seconds_between(session, Report.first_submitted_at, Report.resolved_at)
    numbered = (
        select(
            group.label("group"),
            seconds.label("seconds"),
            func.row_number().over(partition_by=group, order_by=seconds).label("place"),
            func.count().over(partition_by=group).label("of"),
        )
        .where(*resolved(sites, period), Report.status == "fixed")
        .subquery()
    )
    # The middle one, or the two in the middle.
    middle = numbered.c.place.in_([(numbered.c.of + 1) // 2, (numbered.c.of + 2) // 2])
    found = session.execute(
        select(numbered.c.group, func.avg(numbered.c.seconds), func.max(numbered.c.of))
        .where(middle)
        .group_by(numbered.c.group)
    )
    return {str(name): (float(median) / HOUR_SECONDS, int(of)) for name, median, of in found}
