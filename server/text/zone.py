"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_LENGTH = 64


def is_zone(name: str) -> bool:
    """Whether it names a time zone. A name from a form must not lead out of the folder of zones."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return len(name) <= MAX_LENGTH
