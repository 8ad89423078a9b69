"""When a closed report opens again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.reports.recurrence import GRACE, READERS, Heard, opens_again

CLOSED = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = timedelta(minutes=5)


def heard(after: timedelta, reader: bytes | None = b"a", suggestion: str = "receive") -> Heard:
    return Heard(suggestion, reader, CLOSED + after)


@pytest.mark.parametrize(
    ("after", "opens"),
    [(SOON, False), (GRACE - SOON, False), (GRACE, True), (timedelta(days=400), True)],
)
def test_fixed_report_opens_again_when_caches_have_forgotten(after: timedelta, opens: bool) -> None:
    assert opens_again("fixed", CLOSED, heard(after), []) is opens


def test_fixed_report_of_unknown_time_opens_again() -> None:
    assert opens_again("fixed", None, heard(SOON), [])


def test_rejected_report_stays_closed_for_a_reader_more() -> None:
    before = [heard(-SOON, b"b"), heard(-SOON, b"c"), heard(-SOON, b"d")]

    assert not opens_again("rejected", CLOSED, heard(SOON), before)
    assert not opens_again("rejected", CLOSED, heard(GRACE * 9, suggestion=""), before)


def test_rejected_report_opens_again_for_another_suggestion() -> None:
    before = [heard(-SOON, suggestion="receive"), heard(-SOON, suggestion="")]

    assert opens_again("rejected", CLOSED, heard(SOON, suggestion="get"), before)
    assert not opens_again("rejected", CLOSED, heard(SOON, suggestion="receive"), before)


def test_rejected_report_opens_again_for_many_different_readers() -> None:
    first = heard(-SOON)
    others = [heard(SOON, bytes([number])) for number in range(READERS)]

    assert not opens_again("rejected", CLOSED, others[1], [others[0], first])
    assert opens_again("rejected", CLOSED, others[2], [*others[:2], first])


def test_one_reader_who_insists_is_one() -> None:
    before = [heard(SOON) for _ in range(20)]

    assert not opens_again("rejected", CLOSED, heard(SOON), before)


def test_readers_of_unknown_networks_count_one_by_one() -> None:
    before = [heard(-SOON), *(heard(SOON, None) for _ in range(READERS - 1))]

    assert opens_again("rejected", CLOSED, heard(SOON, None), before)


@pytest.mark.parametrize("after", [SOON, GRACE * 9])
def test_spam_stays_spam(after: timedelta) -> None:
    before = [heard(SOON, bytes([number])) for number in range(20)]

    assert not opens_again("spam", CLOSED, heard(after, suggestion="get"), before)
