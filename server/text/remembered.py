"""Answers about addresses, remembered: what readers send is about the few pages that they read."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

MOST = 4096
# Longer ones are asked each time: a flood of them must not fill the memory.
MAX_LENGTH = 300

Answer = TypeVar("Answer")


def remembered(question: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """Remember what a function answered of each of the last MOST addresses. What it raises is
    raised each time."""
    known = lru_cache(maxsize=MOST)(question)

    @wraps(question)
    def answer(address: str) -> Answer:
        return known(address) if len(address) <= MAX_LENGTH else question(address)

    return answer
