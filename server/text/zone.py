"""Time zones by their IANA names."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_LENGTH = 64


def is_zone(name: str) -> bool:
    """Whether it names a time zone. A name from a form must not lead out of the folder of zones."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return len(name) <= MAX_LENGTH


def midnight(day: date, zone: str) -> datetime:
    """When a day begins there, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@lru_cache(maxsize=64)
def offsets(zone: str, begin: datetime, end: datetime) -> tuple[tuple[datetime, timedelta], ...]:
    """How far clocks there are ahead of UTC from ``begin`` to ``end``: the moment from which on,
    and how far, for each change between summer and winter time."""
    there = ZoneInfo(zone)

    def ahead(moment: datetime) -> timedelta:
        return moment.astimezone(there).utcoffset() or timedelta()

    found = [(begin, ahead(begin))]
    day = begin
    while day < end:
        following = min(day + timedelta(days=1), end)
        if ahead(following) != found[-1][1]:
            before, after = day, following
            while after - before > timedelta(seconds=1):
                middle = before + (after - before) // 2
                if ahead(middle) == found[-1][1]:
                    before = middle
                else:
                    after = middle
            change = after.replace(microsecond=0)
            found.append((change, ahead(after)))
        day = following
    return tuple(found)
