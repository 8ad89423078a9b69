"""SQLite copies its write-ahead log into the database only as far as everybody has read on."""

from __future__ import annotations

import json
import sqlite3
import urllib.request
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from live_server import LiveServer, wait_until

ORIGIN = "https://news.example"


def report(server: LiveServer, word: str) -> int:
    body = {
        "site": server.site_key,
        "idempotency_key": uuid.uuid4().hex,
        "page": {"url": f"{ORIGIN}/{word}", "title": "The harbour", "language": "en"},
        "selector": {"exact": word, "prefix": "the council has ", "suffix": " letters"},
    }
    request = urllib.request.Request(
        f"{server.url}/api/v1/submissions",
        json.dumps(body).encode(),
        {"Content-Type": "text/plain", "Origin": ORIGIN},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.status)


@pytest.mark.parametrize("worker", [False, True], ids=["tasks in the web server", "a worker"])
def test_no_process_that_has_nothing_to_do_keeps_the_log_from_being_copied(
    tmp_path: Path, worker: bool
) -> None:
    settings = {"tasks_url": f"sqlite:///{tmp_path}/tasks.db"} if worker else {}
    server = LiveServer(tmp_path / "var", ORIGIN, **settings)
    server.start(*(["worker"] if worker else []))
    try:
        assert [report(server, word) for word in ("recieve", "adress")] == [201, 201]
        file = tmp_path / "var" / "copydesk.db"
        with closing(sqlite3.connect(file, isolation_level=None)) as other:

            def is_copied() -> bool:
                """All of it, so that it begins anew."""
                return other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)

            wait_until(is_copied, 30, "the log is copied")
            assert other.execute("SELECT count(*) FROM report").fetchone() == (2,)
    finally:
        server.stop()
