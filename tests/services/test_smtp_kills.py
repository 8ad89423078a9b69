"""Workers killed in the midst of sending, on both databases: none lost, doubles only marked."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live_server import COPYDESK, LiveServer, wait_until
from smtp_server import MailServer
from sqlalchemy import Engine, create_engine, text
from submissions import ORIGIN, PAGE_URL

KILLS = 7
REPORTS = 60
SMTP_TIMEOUT = 0.5
# Six time limits and fifteen seconds, then the bell that a starting worker sets for that moment,
# or the sweep of the next minute.
PATIENCE = 6 * SMTP_TIMEOUT + 15 + 90


@pytest.fixture
def server(database_url: str, tmp_path: Path, mail_server: MailServer) -> Iterator[LiveServer]:
    live = LiveServer(
        tmp_path / "var",
        ORIGIN,
        database_url=database_url or f"sqlite:///{tmp_path / 'copydesk.db'}",
        tasks_url=f"sqlite:///{tmp_path / 'tasks.db'}",
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        smtp_timeout=SMTP_TIMEOUT,
    )
    yield live
    live.stop(signal.SIGKILL)


@pytest.fixture
def engine(server: LiveServer) -> Iterator[Engine]:
    """The database as another program sees it."""
    engine = create_engine(server.environment["COPYDESK_DATABASE_URL"])
    yield engine
    engine.dispose()


def rows(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(
            connection.execute(
                text("SELECT message_id, state, possible_duplicate FROM delivery ORDER BY id")
            )
        )


def start_worker(server: LiveServer) -> subprocess.Popen[bytes]:
    with server.log.open("ab") as log:
        return subprocess.Popen(
            [COPYDESK, "worker"],
            env=server.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def kill(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def report(server: LiveServer, number: int) -> None:
    body: dict[str, Any] = {
        "site": server.site_key,
        "idempotency_key": uuid.uuid4().hex,
        "page": {"url": f"{PAGE_URL}-{number}", "title": "The harbour"},
        "selector": {"exact": "recieve", "prefix": "before ", "suffix": " after"},
    }
    assert server.post(body, ORIGIN)[0] == 201


def test_killed_workers_lose_nothing_and_double_nothing_unmarked(
    server: LiveServer, mail_server: MailServer, engine: Engine
) -> None:
    chance = random.Random(11)
    server.start()
    for number in range(REPORTS):
        report(server, number)
    # A wide gap between the message's arrival and the word that it has arrived.
    mail_server.late_seconds = 0.03

    for _ in range(KILLS):
        arrived = len(mail_server.messages)
        worker = start_worker(server)
        try:
            wait_until(
                lambda arrived=arrived: len(mail_server.messages) > arrived, PATIENCE, "a mail"
            )
            time.sleep(chance.random() / 10)
        finally:
            kill(worker)
    worker = start_worker(server)
    try:
        wait_until(
            lambda: (
                len(rows(engine)) == REPORTS and {row.state for row in rows(engine)} == {"sent"}
            ),
            PATIENCE,
            "all mails",
        )
    finally:
        kill(worker)

    owed = rows(engine)
    copies = Counter(str(message["Message-ID"]) for message in mail_server.messages)
    assert set(copies) == {row.message_id for row in owed}
    doubled = {message_id for message_id, count in copies.items() if count > 1}
    assert doubled <= {row.message_id for row in owed if row.possible_duplicate}
    assert len(doubled) <= 2 * KILLS, "a kill leaves few in doubt"
