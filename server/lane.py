"""How much of one kind of work a process does at once, so that no kind waits for another."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Lane:
    """Does one kind of work at most ``width`` times at once. Who comes while it is full waits for
    nobody: who is at it is told to have it done once more."""

    def __init__(self, width: int = 1) -> None:
        self.width = width
        self._lock = threading.Lock()
        self._running = 0
        self._asked = False

    def run(self, work: Callable[[], object], again: Callable[[], object]) -> None:
        """Do the work, then ``again`` where somebody asked for it meanwhile."""
        if not self._enter():
            return
        try:
            work()
        finally:
            if self._leave():
                again()

    def _enter(self) -> bool:
        with self._lock:
            if self._running < self.width:
                self._running += 1
                return True
            self._asked = True
            return False

    def _leave(self) -> bool:
        with self._lock:
            self._running -= 1
            asked, self._asked = self._asked, False
            return asked
