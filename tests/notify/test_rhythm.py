"""When somebody is told, by the clock on the own wall, also where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.notify.rhythm import Rhythm

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
LORD_HOWE, KOLKATA = "Australia/Lord_Howe", "Asia/Kolkata"
ZONES = (BERLIN, NEW_YORK, LORD_HOWE, KOLKATA, "UTC", "Pacific/Chatham", "America/Sao_Paulo")


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    """A moment, given by the clock on a wall."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def digests(rhythm: Rhythm, start: datetime, count: int) -> list[datetime]:
    """The next ``count`` digests, each handled when it was due."""
    found: list[datetime] = []
    for _ in range(count):
        following = rhythm.next_digest(start, found[-1] if found else None)
        assert following is not None
        found.append(following)
        start = following
    return found


def on_the_wall(moments: list[datetime], zone: str) -> list[str]:
    return [f"{each.astimezone(ZoneInfo(zone)):%a %d %H:%M}" for each in moments]


@pytest.mark.parametrize("mode", ["at_once", "never"])
def test_who_wants_no_digest_has_none(mode: str) -> None:
    assert Rhythm(mode=mode).next_digest(at("2026-03-28T12:00")) is None


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        # Clocks go forward at 02:00 and back at 03:00.
        (BERLIN, "2026-03-28T09:00", ["Sun 29 08:00", "Mon 30 08:00"]),
        (BERLIN, "2026-10-24T09:00", ["Sun 25 08:00", "Mon 26 08:00"]),
        (NEW_YORK, "2026-03-07T09:00", ["Sun 08 08:00", "Mon 09 08:00"]),
        (NEW_YORK, "2026-10-31T09:00", ["Sun 01 08:00", "Mon 02 08:00"]),
        # By half an hour.
        (LORD_HOWE, "2026-10-03T09:00", ["Sun 04 08:00", "Mon 05 08:00"]),
        (LORD_HOWE, "2026-04-04T09:00", ["Sun 05 08:00", "Mon 06 08:00"]),
        (KOLKATA, "2026-03-28T09:00", ["Sun 29 08:00", "Mon 30 08:00"]),
    ],
)
def test_daily_digest_keeps_its_hour_where_clocks_change(
    zone: str, start: str, expected: list[str]
) -> None:
    rhythm = Rhythm(mode="daily", hour=8, zone=zone)

    assert on_the_wall(digests(rhythm, at(start, zone), 2), zone) == expected


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        (BERLIN, "2026-03-28T03:00", ["Sun 29 03:00", "Mon 30 02:00"]),
        (NEW_YORK, "2026-03-07T03:00", ["Sun 08 03:00", "Mon 09 02:00"]),
        (LORD_HOWE, "2026-10-03T03:00", ["Sun 04 02:30", "Mon 05 02:00"]),
    ],
)
def test_hour_that_does_not_exist_comes_as_much_later_as_the_clock_jumps(
    zone: str, start: str, expected: list[str]
) -> None:
    rhythm = Rhythm(mode="daily", hour=2, zone=zone)

    assert on_the_wall(digests(rhythm, at(start, zone), 2), zone) == expected


@pytest.mark.parametrize(
    ("zone", "start", "hour"),
    [
        (BERLIN, "2026-10-24T03:00", 2),
        (NEW_YORK, "2026-10-31T03:00", 1),
        # Half an hour exists twice, 01:30 to 02:00.
        (LORD_HOWE, "2026-04-04T03:00", 1),
    ],
)
def test_hour_that_exists_twice_has_one_digest(zone: str, start: str, hour: int) -> None:
    first, second = digests(Rhythm(mode="daily", hour=hour, zone=zone), at(start, zone), 2)

    assert first.astimezone(ZoneInfo(zone)).fold == 0
    assert second - first > timedelta(hours=24)


@pytest.mark.parametrize(
    ("zone", "expected"), [(BERLIN, 0), (NEW_YORK, 0), (KOLKATA, 30), ("Asia/Kathmandu", 15)]
)
def test_hourly_digest_comes_at_the_full_hour_of_the_zone(zone: str, expected: int) -> None:
    moment = Rhythm(mode="hourly", zone=zone).next_digest(at("2026-06-01T10:10:30"))

    assert moment is not None
    assert moment.minute == expected


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        (BERLIN, "2026-03-28T22:30"),
        (BERLIN, "2026-10-24T22:30"),
        (LORD_HOWE, "2026-10-03T12:15"),
        (LORD_HOWE, "2026-04-04T12:15"),
    ],
)
def test_hourly_digests_go_on_through_the_change(zone: str, start: str) -> None:
    found = digests(Rhythm(mode="hourly", zone=zone), at(start), 10)

    gaps = {later - earlier for earlier, later in pairwise(found)}
    assert gaps <= {timedelta(minutes=30), timedelta(hours=1), timedelta(minutes=90)}
    assert all(each.astimezone(ZoneInfo(zone)).minute == 0 for each in found)


def test_weekly_digest_comes_on_its_day() -> None:
    rhythm = Rhythm(mode="weekly", weekday=4, hour=17, zone=BERLIN)

    found = digests(rhythm, at("2026-10-12T12:00"), 3)

    assert on_the_wall(found, BERLIN) == ["Fri 16 17:00", "Fri 23 17:00", "Fri 30 17:00"]


def test_day_that_had_a_digest_gets_no_second_one_in_another_zone() -> None:
    sent = at("2026-06-01T08:00", BERLIN)

    following = Rhythm(mode="daily", hour=8, zone=NEW_YORK).next_digest(
        sent + timedelta(minutes=5), sent
    )

    assert following == at("2026-06-02T08:00", NEW_YORK)


def test_later_hour_on_the_same_day_waits_for_tomorrow() -> None:
    sent = at("2026-06-01T08:00", BERLIN)

    following = Rhythm(mode="daily", hour=20, zone=BERLIN).next_digest(
        sent + timedelta(minutes=5), sent
    )

    assert following == at("2026-06-02T20:00", BERLIN)


def test_periods_missed_while_nothing_ran_are_not_made_up_for() -> None:
    rhythm = Rhythm(mode="daily", hour=8, zone=BERLIN)

    following = rhythm.next_digest(at("2026-06-05T10:00", BERLIN), at("2026-06-01T08:00", BERLIN))

    assert following == at("2026-06-06T08:00", BERLIN)


class TestQuietHours:
    night = Rhythm(quiet_from=22 * 60, quiet_until=7 * 60, zone=BERLIN)

    @pytest.mark.parametrize(
        ("moment", "end"),
        [
            ("2026-06-01T21:59", None),
            ("2026-06-01T22:00", "2026-06-02T07:00"),
            ("2026-06-02T03:00", "2026-06-02T07:00"),
            ("2026-06-02T06:59", "2026-06-02T07:00"),
            ("2026-06-02T07:00", None),
            # The nights in which clocks change.
            ("2026-03-28T23:00", "2026-03-29T07:00"),
            ("2026-10-24T23:00", "2026-10-25T07:00"),
        ],
    )
    def test_night_ends_in_the_morning(self, moment: str, end: str | None) -> None:
        start = at(moment, BERLIN)

        assert self.night.is_quiet(start) == (end is not None)
        assert self.night.awake(start) == at(end or moment, BERLIN)

    def test_day_may_be_quiet(self) -> None:
        noon = Rhythm(quiet_from=12 * 60, quiet_until=13 * 60, zone=KOLKATA)

        assert noon.awake(at("2026-06-01T12:30", KOLKATA)) == at("2026-06-01T13:00", KOLKATA)
        assert not noon.is_quiet(at("2026-06-01T23:30", KOLKATA))

    def test_end_that_exists_twice_is_not_waited_for_until_tomorrow(self) -> None:
        rhythm = Rhythm(quiet_from=22 * 60, quiet_until=150, zone=BERLIN)
        second = at("2026-10-25T02:10", BERLIN, fold=1)

        assert rhythm.awake(second) == at("2026-10-25T02:30", BERLIN, fold=1)

    def test_end_that_does_not_exist_comes_later(self) -> None:
        rhythm = Rhythm(quiet_from=22 * 60, quiet_until=150, zone=BERLIN)

        assert rhythm.awake(at("2026-03-29T01:10", BERLIN)) == at("2026-03-29T03:30", BERLIN)

    def test_digest_that_falls_into_them_waits(self) -> None:
        rhythm = Rhythm(mode="hourly", quiet_from=22 * 60, quiet_until=7 * 60, zone=BERLIN)

        found = digests(rhythm, at("2026-06-01T20:30", BERLIN), 3)

        assert on_the_wall(found, BERLIN) == ["Mon 01 21:00", "Tue 02 07:00", "Tue 02 08:00"]


rhythms = st.builds(
    Rhythm,
    mode=st.sampled_from(["hourly", "daily", "weekly"]),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    zone=st.sampled_from(ZONES),
    quiet_from=st.integers(0, 1439),
    quiet_until=st.integers(0, 1439),
)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


@given(rhythms, moments)
def test_digest_is_later_and_never_within_quiet_hours(rhythm: Rhythm, start: datetime) -> None:
    first, second = digests(rhythm, start, 2)

    assert start < first < second
    assert not rhythm.is_quiet(first)
    assert first - start < timedelta(days=15)


@given(rhythms, moments)
def test_quiet_hours_end_within_a_day(rhythm: Rhythm, start: datetime) -> None:
    end = rhythm.awake(start)

    assert not rhythm.is_quiet(end)
    assert timedelta(0) <= end - start <= timedelta(hours=25)
