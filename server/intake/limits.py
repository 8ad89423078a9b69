"""How often one network and one site may send, counted by Flask-Limiter's storage."""

from __future__ import annotations

import logging
import time
from functools import lru_cache

from limits import RateLimitItem, parse_many

from server.extensions import limiter
from server.problems import Problem

log = logging.getLogger(__name__)


def check_limit(scope: str, key: str, rule: str) -> None:
    """Count one request of ``key`` in ``scope``; ``rule`` as ``10/minute;60/hour``.

    Raises Problem 429 with the seconds until the next one is welcome. A storage that does not
    answer limits nothing: it must not close the intake.
    """
    try:
        exceeded = next((each for each in _parsed(rule) if not _hit(each, scope, key)), None)
        wait = _seconds_left(exceeded, scope, key) if exceeded else 0
    except Exception:
        log.exception("the storage of rate limits does not answer")
        return
    if exceeded:
        raise Problem(
            429,
            "too-many-requests",
            "Too many reports came from this network."
            if scope == "network"
            else "Too many reports came for this site.",
            f"Please try again in {wait} seconds.",
            retry_after=wait,
        )


@lru_cache
def _parsed(rule: str) -> list[RateLimitItem]:
    return parse_many(rule)


def _hit(item: RateLimitItem, scope: str, key: str) -> bool:
    return limiter.limiter.hit(item, "intake", scope, key)


def _seconds_left(item: RateLimitItem, scope: str, key: str) -> int:
    reset = limiter.limiter.get_window_stats(item, "intake", scope, key).reset_time
    return max(1, int(reset - time.time()) + 1)
