"""A bell that rings as often as its queue can bear, whoever pulls it how often."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

# One ring tells of everything that was stored before it, and costs more than storing a report.
PAUSE_SECONDS = 0.5


class Bell:
    """Rings from a thread of its own: at once, then at most once in PAUSE_SECONDS, and always
    once more after the last pull. A slow queue keeps no reader waiting."""

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._pulled = False
        self._ringing = False

    def pull(self) -> None:
        """Never waits."""
        with self._lock:
            self._pulled = True
            if not self._ringing:
                threading.Thread(target=self._run, name="bell", daemon=True).start()
                self._ringing = True

    def _run(self) -> None:
        while self._take():
            try:
                self._ring()
            except Exception as error:
                log.warning("the task queue does not answer, the sweep will deliver: %s", error)
            time.sleep(PAUSE_SECONDS)

    def _take(self) -> bool:
        """Whether it was pulled since the last ring; if not, the thread ends."""
        with self._lock:
            pulled, self._pulled = self._pulled, False
            self._ringing = pulled
            return pulled
