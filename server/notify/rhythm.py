"""When somebody wants to hear: quiet hours and digests, in the recipient's time zone.

Pure: no database and no clock. A local time that does not exist, as clocks go forward, counts as
later by as much as they jump; of one that exists twice the first counts (PEP 495, ``fold=0``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """``hour`` and ``weekday`` (0: Monday) of a digest, ``quiet_from`` and ``quiet_until`` in
    minutes of the day; all in ``zone``. Quiet hours may span midnight; two equal ends are none."""

    mode: str = "at_once"
    hour: int = 8
    weekday: int = 0
    zone: str = "UTC"
    quiet_from: int | None = None
    quiet_until: int | None = None

    def is_quiet(self, moment: datetime) -> bool:
        """Whether nothing may come now."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        local = moment.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= minute < self.quiet_until
        return minute >= self.quiet_from or minute < self.quiet_until

    def awake(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours that it falls into."""
        if not self.is_quiet(moment):
            return moment
        assert self.quiet_until is not None
        at = time(self.quiet_until // 60, self.quiet_until % 60)
        today = moment.astimezone(ZoneInfo(self.zone)).date()
        # Of an hour that exists twice, the second may be the one that is still to come.
        ends = sorted(
            self._moment(day, at, fold) for day in (today, today + DAY) for fold in (0, 1)
        )
        return next(end for end in ends if end > moment and not self.is_quiet(end))

    def next_digest(self, after: datetime, last: datetime | None = None) -> datetime | None:
        """The first moment of a digest after ``after``; None where the mode has none.

        ``last``: when the former one was due. A day or a week that had one gets no second one,
        even where the hour, the weekday or the zone has changed since.
        """
        if self.mode == "hourly":
            return self.awake(self._full_hour(after))
        if self.mode not in ("daily", "weekly"):
            return None
        former = self._period(last) if last else None
        for day in self._days(after):
            moment = self._moment(day, time(self.hour), 0)
            if moment > after and self._period(moment) != former:
                return self.awake(moment)
        raise AssertionError("every week has its day")

    def _days(self, after: datetime) -> Iterator[date]:
        today = after.astimezone(ZoneInfo(self.zone)).date()
        for number in range(22):
            day = today + number * DAY
            if self.mode == "daily" or day.weekday() == self.weekday:
                yield day

    def _period(self, moment: datetime) -> tuple[int, ...]:
        local = moment.astimezone(ZoneInfo(self.zone)).date()
        return tuple(local.isocalendar()[: 3 if self.mode == "daily" else 2])

    def _full_hour(self, after: datetime) -> datetime:
        """The next full hour by the clock on the wall. Zones differ by quarters of an hour, and
        some clocks change by half an hour."""
        utc = after.astimezone(UTC)
        moment = utc.replace(minute=utc.minute // 15 * 15, second=0, microsecond=0) + QUARTER
        while moment.astimezone(ZoneInfo(self.zone)).minute:
            moment += QUARTER
        return moment

    def _moment(self, day: date, at: time, fold: int) -> datetime:
        local = datetime.combine(day, at, tzinfo=ZoneInfo(self.zone)).replace(fold=fold)
        return local.astimezone(UTC)
