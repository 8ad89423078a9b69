"""Group commit: what several threads want to write at the same moment is one transaction.

A commit waits for the disk and a transaction for the one before it; both cost the same for one row
as for twenty. Whoever comes while a transaction runs waits for its end; then one of those who wait
prepares and writes for all of them. They are answered one after the other: threads that were called
at once would only wait for each other at the interpreter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from server.database import is_out_of_order, write_again_where_gone, write_with_retry

# Keeps one transaction short, whatever comes.
MOST = 50

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Place(Generic[Item, Answer]):
    """One thread's place among those that wait. ``next``: who is called when it was answered."""

    __slots__ = ("_called", "answer", "error", "item", "leads", "next", "prepare")

    def __init__(self, prepare: Callable[[], Item]) -> None:
        self.prepare = prepare
        self.item: Item | None = None
        self.leads = False
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.next: _Place[Item, Answer] | None = None
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
        self._waiting: list[_Place[Item, Answer]] = []
        self._busy = False

    def write(self, prepare: Callable[[], Item]) -> Answer:
        """Write the item that ``prepare`` makes together with what others bring; gives its answer
        when it is committed. ``prepare`` is called once, before the transaction begins, in the
        thread of whoever writes for all: it sees no request, and is to wait for nothing.

        Raises what ``prepare`` or ``work`` raises for this item; its neighbours are written all the
        same.
        """
        place = _Place[Item, Answer](prepare)
        with self._lock:
            self._waiting.append(place)
            place.leads = not self._busy
            self._busy = True
        try:
            if not place.leads:
                place.wait()
            if place.leads:
                self._lead()
        finally:
            # Nobody's request is kept by those who waited with it.
            following, place.next = place.next, None
            if following is not None:
                following.call()
        if place.error is not None:
            try:
                raise place.error
            finally:
                # It knows where it was raised, and there this place.
                place.error = None
        return place.answer  # type: ignore[return-value]  # set, as there is no error

    def _lead(self) -> None:
        """Write for all who wait, the leader first among them; the last who is answered calls the
        next leader."""
        with self._lock:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            ready = [place for place in group if _prepared(place)]
            if ready:
                self._write(ready)
        finally:
            for place, following in pairwise(group):
                place.next = following
            with self._lock:
                self._busy = bool(self._waiting)
                if self._busy:
                    self._waiting[0].leads = True
                    group[-1].next = self._waiting[0]

    def _write(self, group: list[_Place[Item, Answer]]) -> None:
        items: list[Item] = [place.item for place in group]  # type: ignore[misc]  # prepared
        try:
            answers = write_again_where_gone(lambda session: self._work(session, items))
        except BaseException as error:
            if isinstance(error, Exception) and not is_out_of_order(error):
                for place, item in zip(group, items, strict=True):
                    self._write_alone(place, item)
                return
            for place in group:
                place.error = error
            return
        for place, answer in zip(group, answers, strict=True):
            place.answer = answer

    def _write_alone(self, place: _Place[Item, Answer], item: Item) -> None:
        """One of a group that failed: which of them it was, nobody knows."""
        try:
            place.answer = write_with_retry(lambda session: self._work(session, [item])[0])
        except BaseException as error:
            place.error = error


def _prepared(place: _Place[Item, Answer]) -> bool:
    try:
        place.item = place.prepare()
    except BaseException as error:
        place.error = error
        return False
    return True
