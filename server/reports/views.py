"""The queue's named views, and the orders they are read in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from server.models import Report
from server.models.report import STATUSES


@dataclass(frozen=True)
class View:
    """``whose``: reports that are assigned to ``me``, to ``nobody``, or (empty) to anyone or no
    one."""

    statuses: tuple[str, ...]
    whose: str = ""

    def holds(self, report: Report, user_id: int) -> bool:
        """Whether a report, as it is, belongs to an account's view."""
        return self.takes(report.status, report.assignee_id, user_id)

    def takes(self, status: str, assignee_id: int | None, user_id: int) -> bool:
        """Whether a report of this status that somebody has belongs to an account's view."""
        holder = {"me": user_id, "nobody": None}.get(self.whose, assignee_id)
        return status in self.statuses and assignee_id == holder


VIEWS = {
    "open": View(("open",)),
    "mine": View(("open",), "me"),
    "waiting": View(("open",), "nobody"),
    "fixed": View(("fixed",)),
    "rejected": View(("rejected",)),
    "spam": View(("spam",)),
    "all": View(STATUSES),
}


@dataclass(frozen=True)
class Order:
    """What a view is sorted by; an id decides between equals.

    Each column has an index of its own that begins with site and status.
    """

    column: InstrumentedAttribute[Any]
    parse: Callable[[str], Any]
    descending: bool = True

    @property
    def key(self) -> str:
        return self.column.key

    @property
    def is_of_time(self) -> bool:
        return self.key == Report.last_submitted_at.key

    def cursor_of(self, report: Report) -> Cursor:
        return Cursor(getattr(report, self.column.key), report.id)

    def cursor(self, text: str) -> Cursor | None:
        """The cursor of an address; None for what is none of this order."""
        value, _, number = text.rpartition("_")
        try:
            cursor = Cursor(self.parse(value), int(number))
        except (ValueError, OverflowError):
            return None
        return cursor if 0 <= cursor.id < 2**31 else None


def moment_of(text: str) -> datetime:
    """A moment that an address names. Raises ValueError, OverflowError."""
    aware = datetime.fromisoformat(text)
    if aware.tzinfo is None:
        raise ValueError("a moment without a time zone is no place in the queue")
    return aware.astimezone(UTC)


def _up_to(limit: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not 0 <= (value := int(text)) <= limit:
            raise ValueError(f"not from 0 to {limit}")
        return value

    return number


ORDERS = {
    "newest": Order(Report.last_submitted_at, moment_of),
    "oldest": Order(Report.last_submitted_at, moment_of, descending=False),
    "certainty": Order(Report.score, _up_to(100)),
    "readers": Order(Report.readers, _up_to(2**31 - 1)),
}
NEWEST = ORDERS["newest"]


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in a view: what it is sorted by (the moment of a last submission, a score, a number
    of readers), and an id among equals."""

    value: Any
    id: int

    def __str__(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return f"{value}_{self.id}"
