"""The period that figures cover."""

from __future__ import annotations

from datetime import date

import pytest

from server.statistics.figure import Period

TODAY = date(2026, 11, 25)


def test_period_is_the_last_thirty_days_by_itself() -> None:
    period = Period.read("", "", TODAY)

    assert (period.first, period.last) == (date(2026, 10, 27), TODAY)
    assert len(period.days()) == 30


def test_both_ends_belong_to_the_period() -> None:
    period = Period.read("2026-11-01", "2026-11-01", TODAY)

    assert period.days() == [date(2026, 11, 1)]
    assert (period.end - period.begin).days == 1


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("soon", "", "from"), ("", "2026-13-01", "to"), ("2026-11-02", "2026-11-01", "from")],
)
def test_what_is_no_period_is_refused_by_its_field(first: str, last: str, field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        Period.read(first, last, TODAY)


def test_period_of_centuries_is_cut() -> None:
    period = Period.read("0001-01-01", "", TODAY)

    assert len(period.days()) < 1200
