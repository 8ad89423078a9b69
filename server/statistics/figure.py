"""A table of figures, and the period that it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.language import gettext
from server.text.zone import midnight, offsets

Cell = str | int | float | None

LONGEST = timedelta(days=3 * 366)
USUAL = timedelta(days=29)
# More bars than this beside each other cannot be told apart: longer periods are drawn by week, and
# then by month.
MOST_DAYS = 92
MOST_WEEKS_DAYS = 400


@dataclass(frozen=True)
class Period:
    """Whole days in ``zone``, an IANA name; ``first`` and ``last`` included."""

    first: date
    last: date
    zone: str = "UTC"

    @classmethod
    def read(cls, first: str, last: str, today: date, zone: str = "UTC") -> Period:
        """From ``YYYY-MM-DD``; empty for the last 30 days. Raises ValueError, naming the field,
        for what is no date or a period that ends before it begins."""
        end = _date("to", last) or today
        begin = _date("from", first) or end - USUAL
        if begin > end:
            raise ValueError("from: " + gettext("must not be after “to”."))
        return cls(max(begin, end - LONGEST), end, zone)

    @property
    def begin(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The moment after it."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def offsets(self) -> Sequence[tuple[datetime, timedelta]]:
        """How far the zone is ahead of UTC, and from when on."""
        return offsets(self.zone, self.begin, self.end)

    @property
    def grain(self) -> str:
        """What one row of a figure by time covers: ``day``, ``week`` or ``month``."""
        days = (self.last - self.first).days + 1
        if days <= MOST_DAYS:
            return "day"
        return "week" if days <= MOST_WEEKS_DAYS else "month"

    def starts(self) -> list[date]:
        """The first day of each day, week (a Monday) or month that the period touches."""
        days = (
            self.first + timedelta(days=number)
            for number in range((self.last - self.first).days + 1)
        )
        return list(dict.fromkeys(map(self._start, days)))

    def _start(self, day: date) -> date:
        if self.grain == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self.grain == "month" else day


@dataclass(frozen=True)
class Figure:
    """``columns[0]`` names what a row is about, the others hold its numbers; ``title`` and
    ``columns`` are in the language that is spoken.

    ``drawn``: the columns that a plot shows, none where the table says it better. ``by_time``:
    the rows are days in ISO form. ``linked``: the column that holds the address of what a row is
    about.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    drawn: Sequence[int] = ()
    by_time: bool = False
    linked: int | None = None

    @property
    def told(self) -> Sequence[str]:
        """The columns that a table shows: an address is the link of its row."""
        return [name for index, name in enumerate(self.columns) if index != self.linked]

    @property
    def empty(self) -> bool:
        """Nothing to show."""
        return not any(row[index] for row in self.rows for index in self.drawn or (1,))


def _date(field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if not 1970 <= day.year <= 9000:
            raise ValueError("so near to the ends of time that no day comes before or after")
    except ValueError:
        raise ValueError(f"{field}: " + gettext("must be a date, as 2026-11-25.")) from None
    return day
