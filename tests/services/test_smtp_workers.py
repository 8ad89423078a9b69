"""Real processes and a real mail server: what is sent once, what is marked as perhaps twice."""

from __future__ import annotations

import random
import signal
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live_server import LiveServer, wait_until
from smtp_server import MailServer
from submissions import ORIGIN, PAGE_URL

REPORTS = 30
KILLS = 4
# A lease lasts six time limits and fifteen seconds; then the sweep comes within a minute, and
# before it the bell that a starting worker sets for just that moment.
LEASE_SECONDS = 6 * 1 + 15


@pytest.fixture
def server(tmp_path: Path, mail_server: MailServer) -> Iterator[LiveServer]:
    server = LiveServer(
        tmp_path / "var",
        ORIGIN,
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        smtp_timeout=1,
        tasks_url=f"sqlite:///{tmp_path / 'tasks.db'}",
    )
    yield server
    server.stop(signal.SIGKILL)


def report(server: LiveServer, exact: str) -> None:
    body: dict[str, Any] = {
        "site": server.site_key,
        "idempotency_key": uuid.uuid4().hex,
        "page": {"url": PAGE_URL, "title": "The harbour"},
        "selector": {"exact": exact, "prefix": "before ", "suffix": " after"},
    }
    assert server.post(body, ORIGIN)[0] == 201


def deliveries(server: LiveServer) -> list[dict[str, Any]]:
    """The rows as another program sees them."""
    file = Path(server.environment["COPYDESK_DATA_DIR"]) / "copydesk.db"
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute("SELECT * FROM delivery ORDER BY id")]
    finally:
        connection.close()


@pytest.mark.parametrize("command", ["worker", "run"])
def test_a_stopped_process_marks_what_it_was_sending(
    server: LiveServer, mail_server: MailServer, command: str
) -> None:
    if command == "run":
        server.environment["COPYDESK_TASKS_URL"] = "memory://"
    mail_server.late_seconds = 0.8
    server.start(*(["worker"] if command == "worker" else []))
    # More than are sent while a busy machine gets around to the signal.
    for number in range(12):
        report(server, f"mistake {number}")
    # What is not routed yet has no row.
    wait_until(lambda: len(deliveries(server)) == 12, 20, "what is owed")
    wait_until(lambda: bool(mail_server.messages), 20, "the first mail")

    server.stop(signal.SIGTERM)

    arrived = {message["Message-ID"] for message in mail_server.messages}
    rows = deliveries(server)
    assert {row["message_id"] for row in rows if row["state"] == "sent"} == arrived
    assert [row["lease_token"] for row in rows] == [None] * 12
    assert len(arrived) < 12, "the rest is left to the next start"


def test_killed_while_sending_sends_again_and_says_so(
    server: LiveServer, mail_server: MailServer
) -> None:
    mail_server.late_seconds = 0.9
    server.start("worker")
    report(server, "recieve")
    wait_until(lambda: len(mail_server.messages) == 1, 20, "the first copy")
    server.stop(signal.SIGKILL)
    assert deliveries(server)[0]["state"] == "queued"
    mail_server.late_seconds = 0

    server.start("worker")

    wait_until(lambda: deliveries(server)[0]["state"] == "sent", LEASE_SECONDS + 40, "the mark")
    first, second = mail_server.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert deliveries(server)[0]["possible_duplicate"] == 1


def test_workers_killed_at_random_lose_nothing_and_double_nothing_unmarked(
    server: LiveServer, mail_server: MailServer
) -> None:
    chance = random.Random(7)
    server.start("worker", "worker")
    for number in range(REPORTS):
        report(server, f"mistake {number}")
        if number % (REPORTS // KILLS) == 0:
            time.sleep(chance.random() / 5)
            server.stop(signal.SIGKILL)
            server.start("worker", "worker")

    def all_sent() -> bool:
        # What is not routed yet has no row.
        return [row["state"] for row in deliveries(server)] == ["sent"] * REPORTS

    wait_until(all_sent, LEASE_SECONDS + 90, "all mails")
    rows = deliveries(server)
    copies = Counter(message["Message-ID"] for message in mail_server.messages)
    assert len(rows) == REPORTS
    assert set(copies) == {row["message_id"] for row in rows}
    doubled = {message_id for message_id, count in copies.items() if count > 1}
    assert doubled <= {row["message_id"] for row in rows if row["possible_duplicate"]}
