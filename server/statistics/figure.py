"""A table of figures, and the period that it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

Cell = str | int | float | None

# A longer period is drawn, but nobody can read it: the start moves.
LONGEST = timedelta(days=3 * 366)
USUAL = timedelta(days=29)


@dataclass(frozen=True)
class Period:
    """Whole days in UTC, ``first`` and ``last`` included."""

    first: date
    last: date

    @classmethod
    def read(cls, first: str, last: str, today: date) -> Period:
        """From ``YYYY-MM-DD``; empty for the last 30 days. Raises ValueError, naming the field,
        for what is no date or a period that ends before it begins."""
        end = _date("to", last) or today
        begin = _date("from", first) or end - USUAL
        if begin > end:
            raise ValueError("from: must not be after “to”.")
        return cls(max(begin, end - LONGEST), end)

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    def days(self) -> list[date]:
        return [
            self.first + timedelta(days=number)
            for number in range((self.last - self.first).days + 1)
        ]


@dataclass(frozen=True)
class Figure:
    """``columns[0]`` names what a row is about, the others hold its numbers.

    ``drawn``: the columns that a plot shows; ``unit`` is what they count.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    unit: str
    drawn: Sequence[int] = (1,)
    by_time: bool = False

    @property
    def empty(self) -> bool:
        """Nothing to draw."""
        return not any(row[index] for row in self.rows for index in self.drawn)


def _date(field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{field}: must be a date, as 2026-11-25.") from None
