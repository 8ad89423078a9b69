"""How many bodies that do not end are waited for, and of whom."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from server import unfinished
from server.problems import Problem
from server.unfinished import COMING, UnfinishedBodies

THREADS = 256
Begin = Callable[..., None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moment that it is, to be changed."""
    moment = [0.0]
    monkeypatch.setattr(unfinished, "monotonic", lambda: moment[0])
    return moment


@pytest.fixture
def begin(clock: list[float]) -> Iterator[Begin]:
    """Begin bodies, each from an address; they end with the test."""
    bodies = UnfinishedBodies(lambda *_: (), THREADS)
    with ExitStack() as stack:

        def begin(*addresses: str, times: int = 1) -> None:
            for address in itertools.chain.from_iterable([addresses] * times):
                stack.enter_context(bodies.reading(address))

        yield begin


def test_a_network_may_keep_a_sixteenth_of_the_threads(clock: list[float], begin: Begin) -> None:
    begin("192.0.2.1", times=16)
    clock[0] += COMING + 1

    with pytest.raises(Problem) as refused:
        begin("192.0.2.1")

    assert (refused.value.status, refused.value.retry_after) == (429, 10)
    begin("192.0.2.2")


def test_a_network_of_ipv6_is_a_48(clock: list[float], begin: Begin) -> None:
    for number in range(16):
        begin(f"2001:db8:1:{number:x}::1")
    clock[0] += COMING + 1

    with pytest.raises(Problem):
        begin("2001:db8:1:ffff::1")
    begin("2001:db8:2::1")


def test_what_comes_at_once_is_no_slow_client(begin: Begin) -> None:
    begin("192.0.2.1", times=THREADS // 2)

    with pytest.raises(Problem):
        begin("192.0.2.1")


def test_where_many_wait_each_network_has_one(clock: list[float], begin: Begin) -> None:
    begin("192.0.2.1", "192.0.2.2", "192.0.2.3", times=16)
    begin(*(f"198.51.100.{number}" for number in range(16)))
    clock[0] += COMING + 1

    with pytest.raises(Problem):
        begin("198.51.100.1")
    begin("198.51.100.200")


def test_where_hardly_any_thread_is_left_each_network_has_one(begin: Begin) -> None:
    begin("192.0.2.1", "192.0.2.2", times=THREADS * 3 // 8)

    with pytest.raises(Problem):
        begin("192.0.2.2")
    begin("192.0.2.3")


def test_what_ended_is_waited_for_no_more(clock: list[float]) -> None:
    bodies = UnfinishedBodies(lambda *_: (), THREADS)
    with ExitStack() as stack:
        for _ in range(16):
            stack.enter_context(bodies.reading("192.0.2.1"))
        clock[0] += COMING + 1
        with pytest.raises(Problem), bodies.reading("192.0.2.1"):
            pass

    with bodies.reading("192.0.2.1"):
        pass
