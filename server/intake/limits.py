"""How often one network and one site may send: counted in memory, or by Flask-Limiter's storage
where that is one which several processes share."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

from limits import RateLimitItem, RateLimitItemPerSecond, parse_many

from server.clock import now
from server.extensions import limiter
from server.intake.windows import Windows
from server.problems import Problem

log = logging.getLogger(__name__)

# A storage that did not answer is asked again after this long: not by every request, as each
# would wait for it.
AWAY = timedelta(seconds=10)
NAMESPACE = "intake"
# What our windows and a strategy of the library both answer.
_Question = Literal["hit", "test", "get_window_stats"]
_REASONS = {
    "network": "Too many reports came from this network.",
    "site": "Too many reports came for this site.",
}


class Counters:
    """Fixed windows that begin with the first request counted in them. The storage is that of the
    settings; where it is this process's memory, or while it does not answer, each process counts
    for itself."""

    def __init__(self, *, shared: bool) -> None:
        self.shared = shared
        self._own = Windows()
        self._asked_again_at = now()

    def hit(self, item: RateLimitItem, *name: str) -> bool:
        """Count one; False where that is more than allowed."""
        return bool(self._ask("hit", item, *name))

    def allows(self, item: RateLimitItem, *name: str) -> bool:
        """Whether another one would be allowed; counts nothing."""
        return bool(self._ask("test", item, *name))

    def seconds_left(self, item: RateLimitItem, *name: str) -> int:
        """Whole seconds until the window is over; at least 1."""
        reset = self._ask("get_window_stats", item, *name)
        return max(1, int(reset.reset_time - now().timestamp()) + 1)

    def more_than(self, item: RateLimitItem, what: str, who: str, value: str) -> bool:
        """Whether ``who`` has brought more different values than ``item`` allows, this one
        included."""
        counted = _one_beyond(item)
        if self.hit(once_in(item), what, who, value):
            self.hit(counted, what, who)
        return not self.allows(counted, what, who)

    def _ask(self, question: _Question, item: RateLimitItem, *name: str) -> Any:
        if self.shared and now() >= self._asked_again_at:
            try:
                return getattr(limiter.limiter, question)(item, NAMESPACE, *name)
            except Exception as error:
                # Each kind of storage has errors of its own.
                log.warning("the storage of rate limits does not answer: %s", type(error).__name__)
                self._asked_again_at = now() + AWAY
        return getattr(self._own, question)(item, *name)


def check_limit(counting: Counters, scope: str, rule: str, *name: str, times: int = 1) -> None:
    """Count one request of ``name`` in ``scope`` (``network`` or ``site``); ``rule`` as
    ``10/minute;60/hour``, of which it may reach so many ``times`` the number. Raises Problem 429
    with the seconds until the next one is welcome."""
    for item in _items(rule, times):
        if not counting.hit(item, scope, *name):
            raise _too_many(scope, counting.seconds_left(item, scope, *name))


def require_below_limit(
    counting: Counters, scope: str, rule: str, *name: str, times: int = 1
) -> None:
    """Raise Problem 429 where the limit is reached; counts nothing."""
    for item in _items(rule, times):
        if not counting.allows(item, scope, *name):
            raise _too_many(scope, counting.seconds_left(item, scope, *name))


def _too_many(scope: str, wait: int) -> Problem:
    return Problem(
        429,
        "too-many-requests",
        _REASONS[scope],
        f"Please try again in {wait} seconds.",
        retry_after=wait,
    )


@lru_cache(maxsize=16)
def _items(rule: str, times: int) -> list[RateLimitItem]:
    return [type(item)(times * item.amount, item.multiples) for item in parse_many(rule)]


@lru_cache(maxsize=16)
def once_in(item: RateLimitItem) -> RateLimitItem:
    """One in the time of another limit: what was counted so is known for that long."""
    return RateLimitItemPerSecond(1, item.get_expiry())


@lru_cache(maxsize=16)
def _one_beyond(item: RateLimitItem) -> RateLimitItem:
    return RateLimitItemPerSecond(item.amount + 1, item.get_expiry())
