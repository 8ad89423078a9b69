"""What several threads write at once: one transaction, an answer for each, no one spoils it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from live_server import wait_until
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from server import database, group_commit
from server.extensions import db
from server.group_commit import GroupCommit
from server.models import Site

WRITERS = 12


def prepared(name: str) -> str:
    if name == "unusable":
        raise LookupError("makes no sense")
    return name


class Names:
    """Adds sites by name; holds the first group open until the others have come."""

    def __init__(self, writers: int) -> None:
        self.groups: list[list[str]] = []
        self.gathered = threading.Event()
        self.commit = GroupCommit(self.add)
        self.writers = writers

    def add(self, session: Session, names: Sequence[str]) -> list[str]:
        self.groups.append(list(names))
        if len(self.groups) == 1:
            assert self.gathered.wait(20)
        if names == ["last"]:
            raise SystemExit
        for name in names:
            session.add(Site(name=name))
            if name == "broken":
                raise ValueError("cannot be written")
        session.flush()
        return [f"wrote {name}" for name in names]

    def write_all(self, app: Flask, names: list[str]) -> list[Any]:
        """One thread for each name; the first writes while the others line up."""

        def write(name: str) -> Any:
            with app.app_context():
                try:
                    return self.commit.write(lambda: prepared(name))
                except Exception as error:
                    return error

        with ThreadPoolExecutor(len(names)) as pool:
            futures = [pool.submit(write, names[0])]
            wait_until(lambda: self.groups, 20, "the first writes")
            futures += [pool.submit(write, name) for name in names[1:]]
            others = len(names) - 1
            wait_until(lambda: len(self.commit._waiting) == others, 20, "the others line up")
            self.gathered.set()
            return [future.result() for future in futures]


@pytest.fixture
def names(app: Flask) -> Names:
    return Names(WRITERS)


def stored() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Site.name)))


def test_those_who_come_while_one_writes_are_written_together(app: Flask, names: Names) -> None:
    wanted = [f"site {number}" for number in range(WRITERS)]

    answers = names.write_all(app, wanted)

    assert answers == [f"wrote {name}" for name in wanted]
    assert stored() == set(wanted)
    assert [len(group) for group in names.groups] == [1, WRITERS - 1]


def test_one_that_cannot_be_written_fails_alone(app: Flask, names: Names) -> None:
    wanted = [*(f"site {number}" for number in range(WRITERS - 1)), "broken"]

    answers = names.write_all(app, wanted)

    assert isinstance(answers[-1], ValueError)
    assert answers[:-1] == [f"wrote {name}" for name in wanted[:-1]]
    assert stored() == set(wanted[:-1])


def test_who_is_told_to_stop_while_writing_leaves_nobody_waiting(app: Flask, names: Names) -> None:
    wanted = [*(f"site {number}" for number in range(WRITERS - 2)), "broken", "last"]

    def write_all() -> list[Any]:
        return names.write_all(app, wanted)

    with ThreadPoolExecutor(1) as pool, pytest.raises(SystemExit):
        pool.submit(write_all).result(60)

    assert stored() == set(wanted[:-2])
    assert names.commit.write(lambda: "afterwards") == "wrote afterwards"


def test_one_that_cannot_be_prepared_fails_alone(app: Flask, names: Names) -> None:
    wanted = ["site", *(f"site {number}" for number in range(WRITERS - 2)), "unusable"]

    answers = names.write_all(app, wanted)

    assert isinstance(answers[-1], LookupError)
    assert answers[:-1] == [f"wrote {name}" for name in wanted[:-1]]
    assert stored() == set(wanted[:-1])


def test_who_has_only_what_is_unusable_asks_nothing_of_the_database(
    app: Flask, names: Names
) -> None:
    with pytest.raises(LookupError):
        names.commit.write(lambda: prepared("unusable"))

    assert names.groups == []
    names.gathered.set()
    assert names.commit.write(lambda: "site") == "wrote site"


def test_more_than_one_transaction_holds_are_all_answered(
    app: Flask, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "MOST", 4)
    wanted = [f"site {number}" for number in range(WRITERS)]

    answers = names.write_all(app, wanted)

    assert answers == [f"wrote {name}" for name in wanted]
    assert [len(group) for group in names.groups] == [1, 4, 4, 3]


def test_one_alone_is_written_at_once(app: Flask, names: Names) -> None:
    names.gathered.set()

    assert names.commit.write(lambda: "site") == "wrote site"
    assert names.commit.write(lambda: "another") == "wrote another"
    assert names.groups == [["site"], ["another"]]


def test_database_in_trouble_is_not_asked_once_for_each(
    app: Flask, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    def locked(_session: Session, group: Sequence[str]) -> list[str]:
        names.groups.append(list(group))
        if len(names.groups) == 1:
            assert names.gathered.wait(20)
        raise trouble

    monkeypatch.setattr(names.commit, "_work", locked)

    answers = names.write_all(app, [f"site {number}" for number in range(WRITERS)])

    assert all(answer is trouble for answer in answers)
    assert len(names.groups) == 2
    names.gathered.set()
    monkeypatch.undo()
    assert names.commit.write(lambda: "afterwards") == "wrote afterwards"


@pytest.mark.parametrize("trouble", [PoolTimeout("no connection is free"), RuntimeError("no idea")])
def test_who_could_not_even_begin_leaves_nobody_waiting(
    app: Flask, names: Names, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    names.gathered.set()

    @contextmanager
    def never() -> Iterator[Session]:
        raise trouble
        yield

    monkeypatch.setattr(database, "write_transaction", never)
    with pytest.raises(type(trouble)):
        names.commit.write(lambda: "site")
    monkeypatch.undo()

    with ThreadPoolExecutor(1) as pool:

        def write() -> str:
            with app.app_context():
                return names.commit.write(lambda: "another")

        assert pool.submit(write).result(20) == "wrote another"
    assert stored() == {"another"}


def test_who_was_refused_is_kept_in_no_memory(app: Flask, names: Names) -> None:
    class Request:
        """What somebody sent, with what is wrong with it."""

        def prepare(self) -> str:
            raise LookupError(f"{self} makes no sense")

    requests = [Request() for _ in range(3)]
    kept = [weakref.ref(request) for request in requests]
    names.gathered.set()
    gc.disable()
    try:
        while requests:
            with pytest.raises(LookupError):
                names.commit.write(requests.pop().prepare)
        assert [each() for each in kept] == [None] * 3
    finally:
        gc.enable()
