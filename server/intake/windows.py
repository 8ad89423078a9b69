"""Counting in fixed windows in this process's memory.

What the ``limits`` library's own memory does, at a tenth of its cost: that one looks up locks and
starts a timer's thread while it counts, and every report is counted six times.
"""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

from limits import RateLimitItem

# So many windows are kept before those that are over are looked for.
FEW = 1_000
# No more are kept, some 100 MB: a flood that comes from everywhere to pages that are not there must
# not fill the memory.
MOST = 200_000


class WindowStats(NamedTuple):
    """When the window is over, in seconds since 1970, and how many it still allows."""

    reset_time: float
    remaining: int


class Windows:
    """Windows that begin with the first request counted in them; the part of the interface of
    ``limits.strategies`` that the intake uses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # What was counted, and until when it counts.
        self._counted: dict[tuple[object, ...], tuple[int, float]] = {}
        self._many = FEW

    def hit(self, item: RateLimitItem, *name: str) -> bool:
        """Count one; False where that is more than allowed."""
        key, moment = _key(item, name), time.time()
        with self._lock:
            count, until = self._counted.get(key, (0, 0.0))
            if not _counts(item, until, moment):
                count, until = 0, moment + item.get_expiry()
                self._forget(moment)
            self._counted[key] = (count + 1, until)
        return count < item.amount

    def test(self, item: RateLimitItem, *name: str) -> bool:
        """Whether another one would be allowed."""
        return self.get_window_stats(item, *name).remaining > 0

    def get_window_stats(self, item: RateLimitItem, *name: str) -> WindowStats:
        """Of a window that nothing was counted in: that it is over."""
        moment = time.time()
        count, until = self._counted.get(_key(item, name), (0, 0.0))
        if not _counts(item, until, moment):
            return WindowStats(moment, item.amount)
        return WindowStats(until, max(0, item.amount - count))

    def _forget(self, moment: float) -> None:
        """Drop windows that are over, as often as their number has doubled; where too many are
        left, those too that end last. They count for a day: what a minute allows holds all the
        same."""
        if len(self._counted) < self._many:
            return
        kept = {key: each for key, each in self._counted.items() if each[1] > moment}
        if len(kept) > MOST // 2:
            kept = dict(sorted(kept.items(), key=lambda each: each[1][1])[: MOST // 2])
        self._counted = kept
        self._many = max(FEW, 2 * len(kept))


def _counts(item: RateLimitItem, until: float, moment: float) -> bool:
    """Whether a window is not over. One that ends later than any that begins now was counted
    before the clock was put back: it would last until the clock is there again."""
    return moment < until <= moment + item.get_expiry()


def _key(item: RateLimitItem, name: tuple[str, ...]) -> tuple[object, ...]:
    return (item.amount, item.get_expiry(), *name)
