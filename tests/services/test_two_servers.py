"""Two server processes on one database: what readers send to either is one and the same."""

from __future__ import annotations

import copy
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from live_server import LiveServer
from smtp_server import free_port
from sqlalchemy import create_engine, func, select
from submissions import ORIGIN

from server.models import Event, Report, Submission

KEYS = 6
SENDERS = 8


@pytest.fixture
def servers(database_url: str, tmp_path: Path) -> Iterator[list[LiveServer]]:
    """Two of ``copydesk run``, each on a port of its own."""
    settings = {"tasks_url": f"sqlite:///{tmp_path}/tasks.db", "database_url": database_url}
    with ExitStack() as stack:
        first = LiveServer(tmp_path / "var", ORIGIN, **settings)
        second = copy.copy(first)
        second.port, second.processes = free_port(), []
        second.url = f"http://localhost:{second.port}"
        for server in (first, second):
            stack.callback(server.stop)
            server.start()
        yield [first, second]


def count_of(server: LiveServer, model: type[Submission | Report | Event]) -> int:
    address = server.environment.get("COPYDESK_DATABASE_URL")
    folder = server.environment["COPYDESK_DATA_DIR"]
    engine = create_engine(address or f"sqlite:///{folder}/copydesk.db")
    with engine.connect() as connection:
        count = connection.scalar(select(func.count()).select_from(model))
    engine.dispose()
    return count or 0


def test_same_key_at_both_servers_at_once_is_one_submission_with_one_answer(
    servers: list[LiveServer],
) -> None:
    together = threading.Barrier(SENDERS)

    def send(sender: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        together.wait(60)
        return servers[sender % 2].post(body, ORIGIN)

    for number in range(KEYS):
        body = {
            "site": servers[0].site_key,
            "idempotency_key": uuid.uuid4().hex,
            "page": {"url": f"{ORIGIN}/page-{number}"},
            "selector": {"exact": "recieve", "prefix": "begun to ", "suffix": " letters"},
        }
        with ThreadPoolExecutor(SENDERS) as pool:
            answers = list(pool.map(send, range(SENDERS), [body] * SENDERS))

        assert answers[0][0] == 201
        assert all(answer == answers[0] for answer in answers)

    assert [count_of(servers[0], model) for model in (Submission, Report, Event)] == [KEYS] * 3
