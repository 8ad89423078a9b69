"""The one source of time, so that tests can travel."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today_in(zone: str) -> date:
    """Which day it is in a time zone, an IANA name."""
    return now().astimezone(ZoneInfo(zone)).date()
