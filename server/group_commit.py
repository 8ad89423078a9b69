"""Group commit: what several threads want to write at the same moment is one transaction.

A commit waits for the disk and a transaction for the one before it; both cost the same for one row
as for twenty. Whoever comes while a transaction runs waits for its end; then one of those who wait
writes for all of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from server.database import is_out_of_order, write_transaction, write_with_retry

# Keeps one transaction short, whatever comes.
MOST = 50
# How long a leader waits for those who are on their way; he alone waits for nobody.
GATHER_SECONDS = 0.02
LOOK_AGAIN_SECONDS = 0.0005

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Place(Generic[Item, Answer]):
    """One thread's place among those that wait."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.leads = False
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self._called = threading.Lock()
        self._called.acquire()

    def wait(self) -> None:
        self._called.acquire()

    def call(self) -> None:
        self._called.release()


class GroupCommit(Generic[Item, Answer]):
    """``work(session, items)`` writes items within a write transaction and gives an answer for
    each, in order. It may be done again where a race was lost."""

    def __init__(self, work: Callable[[Session, Sequence[Item]], Sequence[Answer]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        # Whose turn it is; of those who prepare, one at a time asks for it, so that a leader has
        # to wait for two at most.
        self._turn = threading.Lock()
        self._queue = threading.Lock()
        self._waiting: list[_Place[Item, Answer]] = []
        self._coming = 0
        self._busy = False

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Around what a thread does until it calls ``write``: worth waiting for.

        One thread at a time, and none while another writes: the interpreter runs one anyway, and
        a thread that has the database's write lock must not line up behind all others each time
        that it comes back from the database. Whoever waits for something outside, another server
        or a slow client, waits elsewhere.
        """
        with self._lock:
            self._coming += 1
        try:
            with self._queue:
                self._turn.acquire()
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._lock:
                self._coming -= 1

    def write(self, item: Item) -> Answer:
        """Write one item together with what others bring; gives its answer when it is committed.

        Raises what ``work`` raises for this item; its neighbours are written all the same.
        """
        place = _Place[Item, Answer](item)
        with self._lock:
            self._waiting.append(place)
            place.leads = not self._busy
            self._busy = True
        if not place.leads:
            place.wait()
        if place.leads:
            self._lead()
        if place.error is not None:
            raise place.error
        return place.answer  # type: ignore[return-value]  # set, as there is no error

    def _lead(self) -> None:
        """Write for all who wait, and call them; call the next leader."""
        deadline = time.monotonic() + GATHER_SECONDS
        while self._coming and len(self._waiting) < MOST and time.monotonic() < deadline:
            time.sleep(LOOK_AGAIN_SECONDS)
        group: list[_Place[Item, Answer]] = []
        try:
            self._write(group)
        finally:
            with self._lock:
                self._busy = bool(self._waiting)
                if self._busy:
                    self._waiting[0].leads = True
                    group.append(self._waiting[0])
            for place in group[1:]:
                place.call()

    def _take(self) -> list[_Place[Item, Answer]]:
        with self._lock:
            taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        return taken

    def _write(self, group: list[_Place[Item, Answer]]) -> None:
        """Write for those who wait, who become the ``group``: the leader first."""
        try:
            with write_transaction() as session:
                # Whoever came while another process wrote is one of them.
                group += self._take()
                with self._turn:
                    answers = self._work(session, [place.item for place in group])
        except BaseException as error:
            # Where it could not even begin, too: who is left waiting would wait for ever.
            group += self._take() if not group else ()
            if isinstance(error, Exception) and not is_out_of_order(error):
                for place in group:
                    self._write_alone(place)
                return
            for place in group:
                place.error = error
            return
        for place, answer in zip(group, answers, strict=True):
            place.answer = answer

    def _write_alone(self, place: _Place[Item, Answer]) -> None:
        """One of a group that failed: which of them it was, nobody knows."""
        try:
            place.answer = write_with_retry(lambda session: self._work(session, [place.item])[0])
        except Exception as error:
            place.error = error
