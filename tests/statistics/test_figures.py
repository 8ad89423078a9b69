"""Figures about reports, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select
from submissions import ORIGIN

from server.database import write_transaction
from server.extensions import db
from server.models import Event, Page, Report, Site, Submission
from server.sites import add_site
from server.statistics.figure import Figure, Period
from server.statistics.figures import FIGURES

pytestmark = pytest.mark.usefixtures("database_url")

FIRST = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
PERIOD = Period(date(2026, 11, 10), date(2026, 11, 13))
_number = count()


@pytest.fixture
def site(app: Flask) -> Site:
    with write_transaction() as session:
        return add_site(session, "The News", [ORIGIN])


def report(site: Site, came: datetime, *, page: str = "harbour", **values: Any) -> None:
    """A stored report that came at a moment; ``fixed_after``: how much later it was fixed;
    ``spam_by``: who called it spam, one after the other."""
    after: timedelta | None = values.pop("fixed_after", None)
    readers: list[bytes] = values.pop("readers_known", [b"one"])
    spam_by: list[str] = values.pop("spam_by", [])
    author: str = values.pop("author", "")
    if after is not None:
        values |= {"status": "fixed", "resolved_at": came + after}
    number = next(_number)
    with write_transaction() as session:
        found = session.query(Page).filter_by(title=page).one_or_none() or Page(
            site_id=site.id,
            url=f"{ORIGIN}/{page}",
            url_hash=page.encode(),
            title=page,
            author=author,
            language="de" if page == "hafen" else "en",
        )
        stored = Report(
            site_id=site.id,
            page=found,
            place_hash=str(number).encode(),
            exact="recieve",
            first_submitted_at=came,
            last_submitted_at=came,
            **values,
        )
        session.add(stored)
        session.flush()
        for source in spam_by:
            session.add(Event(report_id=stored.id, kind="spam", source=source, created_at=came))
            session.flush()
        for index, reader in enumerate(readers):
            session.add(
                Submission(
                    site_id=site.id,
                    report=stored,
                    idempotency_key=f"{number}-{index}",
                    answered_status="new",
                    answered_readers=1,
                    page_url=found.url,
                    exact="recieve",
                    reader_hash=reader,
                    received_at=came,
                    spam=spam_by == ["rule"],
                )
            )


def figure(name: str, *sites: Site, period: Period = PERIOD) -> Figure:
    return FIGURES[name](db.session(), [each.id for each in sites], period)


def rows(found: Figure) -> dict[Any, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:]) for row in found.rows}


def test_days_are_counted_in_utc_and_those_without_reports_too(site: Site) -> None:
    report(site, FIRST)
    report(site, FIRST + timedelta(minutes=29))
    report(site, FIRST + timedelta(minutes=31), fixed_after=timedelta(days=1))

    assert rows(figure("days", site)) == {
        "2026-11-10": (2, 0, 0, 0),
        "2026-11-11": (1, 0, 0, 0),
        "2026-11-12": (0, 1, 0, 0),
        "2026-11-13": (0, 0, 0, 0),
    }


def test_figures_are_of_the_sites_and_the_period_that_were_asked_for(site: Site) -> None:
    with write_transaction() as session:
        other = add_site(session, "Other", ["https://other.example"])
    report(site, FIRST)
    report(site, FIRST - timedelta(days=1))
    report(other, FIRST, page="other")

    assert sum(row[1] for row in figure("days", site).rows) == 1
    assert sum(row[1] for row in figure("days", site, other).rows) == 2
    assert sum(row[1] for row in figure("outcomes", site).rows) == 1


def test_median_is_that_of_the_day_of_the_fix(site: Site) -> None:
    for hours in (1, 2, 9):
        report(site, FIRST.replace(hour=2), fixed_after=timedelta(hours=hours))
    for hours in (30, 34):
        report(site, FIRST.replace(hour=2), fixed_after=timedelta(hours=hours))

    found = rows(figure("time-to-fix", site))

    assert found["2026-11-10"] == (2.0, 3)
    assert found["2026-11-11"] == (32.0, 2)
    assert found["2026-11-12"] == (None, 0)


def test_outcomes_are_shares_of_what_came(site: Site) -> None:
    report(site, FIRST, fixed_after=timedelta(hours=1))
    report(site, FIRST, status="rejected", resolved_at=FIRST)
    report(site, FIRST)
    report(site, FIRST)

    assert rows(figure("outcomes", site)) == {
        "Open": (2, 50.0),
        "Fixed": (1, 25.0),
        "Rejected": (1, 25.0),
        "Spam": (0, 0.0),
    }


def test_evidence_is_held_against_what_editors_decided(site: Site) -> None:
    for _ in range(3):
        report(site, FIRST, score=90, fixed_after=timedelta(hours=1))
    report(site, FIRST, score=90, status="rejected", resolved_at=FIRST)
    report(site, FIRST, score=10, status="rejected", resolved_at=FIRST)
    report(site, FIRST, score=90)

    assert rows(figure("certainty", site)) == {
        "Likely": (3, 1, 75.0),
        "Possible": (0, 0, None),
        "Unclear": (0, 1, 0.0),
    }


def test_readers_of_a_day_are_counted_once(site: Site) -> None:
    report(site, FIRST, readers_known=[b"ann", b"ben"])
    report(site, FIRST, readers_known=[b"ann"])

    assert rows(figure("readers", site))["2026-11-10"] == (2, 3)


def test_what_a_rule_took_for_spam_is_nobodys_help(site: Site) -> None:
    report(site, FIRST)
    report(site, FIRST, status="spam", resolved_at=FIRST, spam_by=["dashboard"])
    report(site, FIRST, status="spam", resolved_at=FIRST, spam_by=["rule", "dashboard"])
    for _ in range(2):
        report(
            site,
            FIRST,
            page="pills",
            status="spam",
            resolved_at=FIRST,
            spam_by=["rule"],
            readers_known=[b"two", b"three"],
        )

    assert rows(figure("days", site))["2026-11-10"] == (3, 0, 0, 4)
    assert rows(figure("readers", site))["2026-11-10"] == (1, 3)
    assert rows(figure("pages", site)) == {"harbour": (3, 0, f"{ORIGIN}/harbour")}
    assert rows(figure("languages", site)) == {"English": (3, 0)}
    assert rows(figure("outcomes", site))["Spam"] == (4, 80.0)


def test_pages_and_languages_with_the_most_come_first(site: Site) -> None:
    report(site, FIRST)
    report(site, FIRST, page="hafen", fixed_after=timedelta(hours=1))
    report(site, FIRST, page="hafen")

    assert [row[:3] for row in figure("pages", site).rows] == [("hafen", 2, 1), ("harbour", 1, 0)]
    assert list(figure("languages", site).rows) == [("German", 2, 1), ("English", 1, 0)]


def test_authors_with_the_most_come_first_and_who_is_not_named_is_left_out(site: Site) -> None:
    report(site, FIRST, page="harbour", author="Anna Berg")
    report(site, FIRST, page="bridge", author="Ben Cole", fixed_after=timedelta(hours=1))
    report(site, FIRST, page="market", author="Ben Cole")
    report(site, FIRST, page="weather")

    assert list(figure("authors", site).rows) == [("Ben Cole", 2, 1), ("Anna Berg", 1, 0)]


def test_overview_is_of_the_whole_period(site: Site) -> None:
    for hours in (1, 2, 30):
        report(site, FIRST.replace(hour=2), fixed_after=timedelta(hours=hours))
    report(site, FIRST, status="rejected", resolved_at=FIRST)
    report(site, FIRST, readers_known=[b"one", b"two"])

    assert rows(figure("overview", site)) == {
        "Reports": (5,),
        "Submissions of readers": (6,),
        "Median hours to fix": (2.0,),
        "Real mistakes among those decided, percent": (75.0,),
    }


@pytest.mark.parametrize(
    ("first", "week_or_month"),
    [(date(2026, 1, 1), "2026-11-09"), (date(2024, 6, 1), "2026-11-01")],
)
def test_long_periods_are_counted_by_week_or_month(
    site: Site, first: date, week_or_month: str
) -> None:
    report(site, FIRST)
    report(site, FIRST + timedelta(days=1), fixed_after=timedelta(hours=3))
    period = Period(first, date(2026, 11, 30))

    assert rows(figure("days", site, period=period))[week_or_month] == (2, 1, 0, 0)
    assert rows(figure("time-to-fix", site, period=period))[week_or_month] == (3.0, 1)
    assert sum(row[1] for row in figure("days", site, period=period).rows) == 2


def test_days_are_those_of_the_zone(site: Site) -> None:
    """At half past eleven in UTC it is tomorrow in Berlin, and not yet in New York."""
    report(site, FIRST, fixed_after=timedelta(hours=2))

    for zone, day, day_of_fix in (
        ("UTC", "2026-11-10", "2026-11-11"),
        ("Europe/Berlin", "2026-11-11", "2026-11-11"),
        ("America/New_York", "2026-11-10", "2026-11-10"),
        ("Asia/Kathmandu", "2026-11-11", "2026-11-11"),
    ):
        period = replace(PERIOD, zone=zone)
        days = rows(figure("days", site, period=period))
        assert {each: row[0] for each, row in days.items() if row[0]} == {day: 1}, zone
        assert {each: row[1] for each, row in days.items() if row[1]} == {day_of_fix: 1}, zone
        assert rows(figure("time-to-fix", site, period=period))[day_of_fix] == (2.0, 1), zone
        assert rows(figure("readers", site, period=period))[day] == (1, 1), zone


def test_days_are_right_on_both_sides_of_the_end_of_summer_time(site: Site) -> None:
    """Berlin's clocks went back on 25 October 2026: 22:30 UTC was past midnight before it alone."""
    for day in (24, 25):
        report(site, datetime(2026, 10, day, 22, 30, tzinfo=UTC))
    period = Period(date(2026, 10, 24), date(2026, 10, 26), "Europe/Berlin")

    assert [row[1] for row in figure("days", site, period=period).rows] == [0, 2, 0]


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_empty_without_reports(site: Site, name: str) -> None:
    assert figure(name, site).empty


def test_days_are_found_by_their_index(site: Site) -> None:
    report(site, FIRST)
    page_id = db.session.scalars(select(Report.page_id)).one()
    with write_transaction() as session:
        session.execute(
            insert(Report),
            [
                {
                    "site_id": site.id,
                    "page_id": page_id,
                    "place_hash": f"old {days}".encode(),
                    "exact": "recieve",
                    "first_submitted_at": FIRST - timedelta(days=days),
                    "last_submitted_at": FIRST - timedelta(days=days),
                }
                for days in range(1, 3_000)
            ],
        )
        session.connection().exec_driver_sql("ANALYZE")
    connection = db.session.connection()
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"

    plan = connection.exec_driver_sql(
        f"{explain} SELECT count(*) FROM report WHERE site_id IN ({site.id}) "
        "AND first_submitted_at >= '2026-01-01' AND first_submitted_at < '2026-02-01'"
    )

    assert "ix_report_came" in str(plan.all())
