"""Killed at random moments under load, again and again: nothing that was answered is lost, no
report is doubled, and each mail arrives, marked where it may have arrived twice.

``KILLS=1000`` makes the long form of it (``make kill-test``).
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from killable import Killable
from live_server import wait_until
from postgresql_server import PostgresqlServer
from smtp_server import MailServer
from sqlalchemy import func, select, text
from submissions import ORIGIN

from server.config import Settings
from server.extensions import db
from server.models import Announcement, Delivery, Event, Report, Site, Submission

# Of each database, so that both together are more than 200.
KILLS = int(os.environ.get("KILLS", "110"))
DATABASE_KILLS = 5
LONGEST_LIFE_SECONDS = 2
READERS = 6
# Many readers of few places: most join, which owes no mail.
PLACES = 150
# A lease lasts six time limits of one second, and fifteen seconds.
LEASE_SECONDS = 21


@pytest.fixture(params=["sqlite", "postgresql"])
def postgresql(request: pytest.FixtureRequest) -> PostgresqlServer | None:
    """None where the database is SQLite."""
    return request.getfixturevalue("own_postgresql") if request.param == "postgresql" else None


@pytest.fixture
def settings(process_settings: Settings, postgresql: PostgresqlServer | None) -> Settings:
    return replace(
        process_settings,
        database_url=postgresql.url if postgresql else "",
        smtp_timeout=1.0,
        intake_network_limit="1000000/minute",
        intake_site_limit="1000000/minute",
        spam_pages="1000000/minute",
        spam_places="1000000/minute",
        spam_page_places="1000000/day",
    )


@pytest.fixture
def app(migrated_app: Flask) -> Flask:
    return migrated_app


@pytest.fixture
def site_key(site: Site) -> str:
    """No connection is open after it: the database goes away under whoever has one."""
    key = site.key
    db.session.remove()
    return key


def words(place: int, where: str) -> str:
    """Some words that no other place has around it."""
    digits = hashlib.sha256(f"{place} {where}".encode()).hexdigest()
    letters = digits.translate(str.maketrans("0123456789", "ghijklmnop"))
    return " ".join(letters[start : start + 8] for start in range(0, 32, 8))


class Reader(threading.Thread):
    """Sends one submission after the other, each until it is answered, as the widget does.

    ``answered``: idempotency key to (place, the answer)."""

    def __init__(self, number: int, port: int, site_key: str) -> None:
        super().__init__(name=f"reader {number}")
        self.chance = random.Random(number)
        self.port = port
        self.site_key = site_key
        self.answered: dict[str, tuple[int, dict[str, object]]] = {}
        self.repeated = 0
        self.refused: list[tuple[int, bytes]] = []
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.is_set():
            key, place = uuid.UUID(int=self.chance.getrandbits(128)).hex, self._place()
            while (answer := self._send(key, place)) is None:
                self.repeated += 1
                time.sleep(0.02)
            self.answered[key] = (place, answer)

    def _place(self) -> int:
        return self.chance.randrange(PLACES)

    def _send(self, key: str, place: int) -> dict[str, object] | None:
        """The answer; None where there was none, or one that asks to come back."""
        body = {
            "site": self.site_key,
            "idempotency_key": key,
            "page": {"url": f"{ORIGIN}/article-{place % 7}", "title": "The harbour"},
            "selector": {
                "exact": f"mistake{place}",
                "prefix": f"{words(place, 'before')} ",
                "suffix": f" {words(place, 'after')}",
            },
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Content-Type": "text/plain", "Origin": ORIGIN}
            connection.request("POST", "/api/v1/submissions", json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if response.status in (200, 201):
            answer: dict[str, object] = json.loads(content)
            return answer
        if response.status != 503:
            self.refused.append((response.status, content))
            self.enough.set()
        return None


@contextmanager
def readers(port: int, site_key: str) -> Iterator[list[Reader]]:
    """Under load; when it ends, every submission that was begun has been answered."""
    threads = [Reader(number, port, site_key) for number in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.enough.set()
        for thread in threads:
            thread.join(60)


def kill_at_random(server: Killable, threads: list[Reader], kills: int) -> None:
    """Let the processes answer some submissions each time, in the midst of the next kill them."""
    chance = random.Random(11)

    def answered() -> int:
        return sum(len(thread.answered) for thread in threads)

    while server.kills < kills:
        enough = answered() + chance.randrange(3 * READERS)
        deadline = time.monotonic() + LONGEST_LIFE_SECONDS
        while answered() < enough and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.05))
        server.kill(*chance.choice((("web",), ("web",), ("worker",), ("web", "worker"))))
        server.start()


def kill_database_at_random(database: PostgresqlServer) -> None:
    chance = random.Random(12)
    for _ in range(DATABASE_KILLS):
        time.sleep(chance.uniform(0.3, 1))
        database.stop()
        time.sleep(chance.uniform(0, 0.5))
        database.start()


def assert_nothing_lost_or_doubled(threads: list[Reader]) -> None:
    answered = {key: given for thread in threads for key, given in thread.answered.items()}
    assert not [each for thread in threads for each in thread.refused]
    db.session.rollback()
    rows = db.session.execute(
        select(
            Submission.idempotency_key,
            Submission.public_id,
            Submission.answered_status,
            Submission.answered_readers,
            Report.exact,
            Report.readers,
        ).join(Report)
    ).all()
    assert Counter(row.idempotency_key for row in rows) == Counter(answered.keys())
    for row in rows:
        place, answer = answered[row.idempotency_key]
        assert answer == {
            "submission": str(row.public_id),
            "status": row.answered_status,
            "readers": row.answered_readers,
        }
        assert row.exact == f"mistake{place}"
    readers_of = Counter(place for place, _ in answered.values())
    assert db.session.scalar(select(func.count()).select_from(Report)) == len(readers_of)
    assert {row.exact: row.readers for row in rows} == {
        f"mistake{place}": count for place, count in readers_of.items()
    }
    kinds = Counter(db.session.scalars(select(Event.kind)))
    assert kinds["opened"] == len(readers_of)
    assert kinds.total() == kinds["opened"] + kinds["joined"] == len(answered)


def assert_mails_arrived(mail_server: MailServer) -> None:
    def all_sent() -> bool:
        db.session.rollback()
        unrouted = db.session.scalar(select(func.count()).where(Announcement.routed_at.is_(None)))
        states = set(db.session.scalars(select(Delivery.state).distinct()))
        return not unrouted and states == {"sent"}

    wait_until(all_sent, LEASE_SECONDS + 90, "all that is owed is sent")
    rows = db.session.scalars(select(Delivery)).all()
    copies = Counter(str(message["Message-ID"]) for message in mail_server.messages)
    assert {row.report_id for row in rows} == set(db.session.scalars(select(Report.id)))
    assert set(copies) == {row.message_id for row in rows}
    doubled = {message_id for message_id, count in copies.items() if count > 1}
    assert doubled <= {row.message_id for row in rows if row.possible_duplicate}


def test_nothing_is_lost_or_doubled_when_processes_are_killed(
    app: Flask,
    settings: Settings,
    site_key: str,
    mail_server: MailServer,
    postgresql: PostgresqlServer | None,
    tmp_path: Path,
) -> None:
    server = Killable(settings, tmp_path / "log")
    began = time.monotonic()
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        with readers(server.port, site_key) as threads:
            if postgresql:
                kill_database_at_random(postgresql)
            kill_at_random(server, threads, KILLS)
        assert_nothing_lost_or_doubled(threads)
        assert_mails_arrived(mail_server)
    if not postgresql:
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
    marked = db.session.scalar(select(func.count()).where(Delivery.possible_duplicate)) or 0
    print(
        f"\n{'PostgreSQL' if postgresql else 'SQLite'}: {server.kills} kills"
        f"{f' and {DATABASE_KILLS} of the database' if postgresql else ''}"
        f" in {time.monotonic() - began:.0f} s;"
        f" {sum(len(each.answered) for each in threads)} submissions answered,"
        f" {sum(each.repeated for each in threads)} sent again, none lost, none doubled;"
        f" {len(mail_server.messages)} mails, {marked} marked as perhaps sent twice"
    )
