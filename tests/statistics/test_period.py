"""The period that figures cover."""

from __future__ import annotations

from datetime import date

import pytest

from server.statistics.figure import Period

TODAY = date(2026, 11, 25)


def test_period_is_the_last_thirty_days_by_itself() -> None:
    period = Period.read("", "", TODAY)

    assert (period.first, period.last) == (date(2026, 10, 27), TODAY)
    assert len(period.starts()) == 30


def test_both_ends_belong_to_the_period() -> None:
    period = Period.read("2026-11-01", "2026-11-01", TODAY)

    assert period.starts() == [date(2026, 11, 1)]
    assert (period.end - period.begin).days == 1


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("soon", "", "from"),
        ("", "2026-13-01", "to"),
        ("2026-11-02", "2026-11-01", "from"),
        ("0001-01-01", "", "from"),
    ],
)
def test_what_is_no_period_is_refused_by_its_field(first: str, last: str, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        Period.read(first, last, TODAY)


def test_period_of_centuries_is_cut() -> None:
    period = Period.read("1970-01-01", "", TODAY)

    assert (period.last - period.first).days < 1200


def test_long_periods_are_shown_by_week_and_by_month() -> None:
    quarter = Period(date(2026, 9, 1), date(2026, 11, 25))
    year = Period(date(2025, 11, 27), date(2026, 11, 25))
    years = Period(date(2024, 1, 31), date(2026, 11, 25))

    assert quarter.grain == "day"
    assert (year.grain, year.starts()[:2]) == ("week", [date(2025, 11, 24), date(2025, 12, 1)])
    assert year.starts()[-1] == date(2026, 11, 23)
    assert (years.grain, years.starts()[:2]) == ("month", [date(2024, 1, 1), date(2024, 2, 1)])
    assert years.starts()[-1] == date(2026, 11, 1)
