"""The database locked, read-only, full, damaged, or gone: 503, nothing stored, and after it all is
as before, without a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from postgresql_server import PostgresqlServer
from sqlalchemy import event, func, select
from submissions import Submit
from werkzeug.test import TestResponse

from server import database
from server.config import Settings
from server.extensions import db
from server.models import Site, Submission

KEY = "the-same-key-0123456789"


def assert_told_to_come_back(answer: TestResponse) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["type"] == "/problems/storage-unavailable"
    assert int(answer.headers["Retry-After"]) > 0


def assert_stored_when_sent_again(post: Submit) -> None:
    assert post(idempotency_key=KEY).status_code == 201
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 1


@pytest.fixture
def site(site: Site) -> Site:
    """Known to the test without asking the database."""
    db.session.expunge(site)
    return site


@pytest.fixture
def file(app: Flask) -> Path:
    return Path(str(db.engine.url.database))


@contextmanager
def each_connection(statement: str) -> Iterator[None]:
    """Prepare every connection of the application with one more statement."""

    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(statement)
        connection.commit()

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", prepare)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", prepare)
        db.session.remove()
        db.engine.dispose()


class TestSqlite:
    def test_locked_for_longer_than_the_patience(
        self, post: Submit, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 200)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

            assert_told_to_come_back(post(idempotency_key=KEY))

        assert_stored_when_sent_again(post)

    def test_locked_for_a_moment_is_waited_for(self, post: Submit, file: Path) -> None:
        import threading

        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            release = threading.Timer(0.3, other.execute, ["COMMIT"])
            release.start()

            assert post().status_code == 201
            release.join()

    def test_read_only(self, post: Submit) -> None:
        # A file's mode binds nobody where tests run as root.
        with each_connection("PRAGMA query_only=ON"):
            assert_told_to_come_back(post(idempotency_key=KEY))

        assert_stored_when_sent_again(post)

    def test_disk_full(self, post: Submit, file: Path) -> None:
        # SQLite's own error for it, by its own limit: a full disk would trouble other tests.
        post(page__url="https://news.example/other")
        pages = file.stat().st_size // 4096
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM submission")
        with each_connection(f"PRAGMA max_page_count={pages}"):
            answers = [post(idempotency_key=f"{KEY}{number}") for number in range(60)]

        assert {answer.status_code for answer in answers} <= {200, 201, 503}
        assert_told_to_come_back(answers[-1])
        stored = sum(answer.status_code != 503 for answer in answers)
        assert db.session.scalar(select(func.count()).select_from(Submission)) == stored
        assert post(idempotency_key=KEY).status_code == 200

    def test_damaged_file(self, app: Flask, post: Submit, file: Path) -> None:
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
        sound = file.read_bytes()
        file.write_bytes(sound[:100] + b"\xff" * (len(sound) - 100))

        assert_told_to_come_back(post(idempotency_key=KEY))

        db.session.remove()
        db.engine.dispose()
        for rest in file.parent.glob(f"{file.name}-*"):
            rest.unlink()
        file.write_bytes(sound)
        assert_stored_when_sent_again(post)


class TestPostgresql:
    @pytest.fixture
    def settings(self, settings: Settings, own_postgresql: PostgresqlServer) -> Settings:
        return replace(settings, database_url=own_postgresql.url)

    def test_server_gone_and_back(self, post: Submit, own_postgresql: PostgresqlServer) -> None:
        # Several connections in the pool, all of them stale afterwards.
        with db.engine.connect(), db.engine.connect(), db.engine.connect():
            pass
        db.session.remove()
        own_postgresql.stop()
        try:
            assert_told_to_come_back(post(idempotency_key=KEY))
            assert_told_to_come_back(post(idempotency_key=KEY))
        finally:
            own_postgresql.start()

        assert_stored_when_sent_again(post)
        assert [post().status_code for _ in range(5)] == [200] * 5

    def test_read_only_server(self, post: Submit, own_postgresql: PostgresqlServer) -> None:
        with each_connection("SET default_transaction_read_only = on"):
            assert_told_to_come_back(post(idempotency_key=KEY))

        assert_stored_when_sent_again(post)

    @pytest.mark.parametrize("pause", [0, 3600])
    def test_connections_that_were_cut_cost_no_reader_anything(
        self, post: Submit, site: Site, monkeypatch: pytest.MonkeyPatch, pause: int
    ) -> None:
        monkeypatch.setattr(database, "PAUSE_SECONDS", pause)
        assert post().status_code == 201
        db.session.remove()
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as other:
            cut = other.execute(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        assert cut is not None
        assert cut[0] > 0

        assert post(idempotency_key=KEY).status_code == 200
        assert db.session.scalar(select(func.count()).select_from(Submission)) == 2
