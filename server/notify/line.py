"""A thread that sends while the next messages are written."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from server.notify.breaker import REFUSALS
from server.notify.channels.transport import NotOurs, Prepared, Receipt, Transport
from server.notify.failure import SendingError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one message: a ``receipt``, or a ``failure``; ``broken``: it cannot be sent at
    all; none of them: it was not tried. ``milliseconds`` that it took."""

    prepared: Prepared
    receipt: Receipt | None = None
    failure: SendingError | None = None
    broken: Exception | None = None
    milliseconds: int = 0

    @property
    def tried(self) -> bool:
        return bool(self.receipt or self.failure or self.broken)


def tell_broken(prepared: Prepared, error: Exception, what: str) -> None:
    """Log a delivery that cannot become a message, with the cause; of a reader's its kind alone,
    as its words may hold the address."""
    cause = None if prepared.private else error
    log.error(
        "delivery %s %s: %s", prepared.delivery_id, what, type(error).__name__, exc_info=cause
    )


class Line:
    """Sends in order what it is handed, in a thread that touches no database.

    ``ours_until``, on the monotonic clock, is moved on by who renews the leases: a message is only
    begun while it can still end within its lease. After a failure that the others would meet
    alike, and once ``stopping``, the rest comes back untried.
    """

    def __init__(
        self, transport: Transport, time_limit: float, stopping: Callable[[], bool]
    ) -> None:
        self.transport = transport
        self.stopping = stopping
        self.time_limit = time_limit
        self.ours_until = 0.0
        self._halted = threading.Event()
        # In a row, by recipient: what was claimed before the breaker knew is not tried either.
        self._refusals: Counter[str] = Counter()
        self._waiting: SimpleQueue[Prepared | None] = SimpleQueue()
        self._done: SimpleQueue[Outcome] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sending", daemon=True)
        self._thread.start()

    @property
    def halted(self) -> bool:
        return self._halted.is_set() or self.stopping()

    def put(self, prepared: Prepared) -> None:
        self._waiting.put(prepared)

    def halt(self) -> None:
        """Begin no further message."""
        self._halted.set()

    def outcomes(self, wait_seconds: float) -> list[Outcome]:
        """All that ended since the last call; waits for the first of them."""
        found: list[Outcome] = []
        try:
            while True:
                found.append(self._done.get(timeout=0 if found else wait_seconds))
        except Empty:
            return found

    def close(self) -> None:
        """Wait for the message that is being sent, then for the connection's end."""
        self.halt()
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            for prepared in iter(self._waiting.get, None):
                self._done.put(self._send(prepared))
        finally:
            self.transport.close()

    def _send(self, prepared: Prepared) -> Outcome:
        if self.halted or self._refusals[prepared.recipient] >= REFUSALS:
            return Outcome(prepared)
        begun = time.monotonic()
        outcome = self._try(prepared)
        if outcome.receipt:
            self._refusals.pop(prepared.recipient, None)
        elif outcome.failure and outcome.failure.refused:
            self._refusals[prepared.recipient] += 1
        return replace(outcome, milliseconds=round((time.monotonic() - begun) * 1_000))

    def _try(self, prepared: Prepared) -> Outcome:
        try:
            return Outcome(prepared, self.transport.send(prepared, self._still_ours))
        except NotOurs:
            log.warning("delivery %s: its lease was not renewed in time", prepared.delivery_id)
            return Outcome(prepared)
        except SendingError as failure:
            if failure.everyone:
                self.halt()
            return Outcome(prepared, failure=failure)
        except Exception as error:
            tell_broken(prepared, error, "cannot be sent")
            return Outcome(prepared, broken=error)

    def _still_ours(self) -> bool:
        return time.monotonic() + self.time_limit <= self.ours_until
