"""A report that was answered with 201 survives its server's death, and its mail arrives."""

from __future__ import annotations

import shutil
import signal
import uuid
from pathlib import Path
from typing import Any

import pytest
from live_server import LiveServer, wait_until
from smtp_server import MailServer, free_port
from submissions import ORIGIN, PAGE_URL


def body(server: LiveServer, exact: str) -> dict[str, Any]:
    return {
        "site": server.site_key,
        "idempotency_key": uuid.uuid4().hex,
        "page": {"url": PAGE_URL, "title": "The harbour"},
        "selector": {"exact": exact, "prefix": "before ", "suffix": " after"},
    }


def mails(server: MailServer) -> list[str]:
    return [str(message.get_body(("plain",)).get_content()) for message in server.messages]


def test_mail_arrives_although_the_server_was_killed_after_the_201(
    tmp_path: Path, mail_server: MailServer
) -> None:
    server = LiveServer(
        tmp_path / "var",
        ORIGIN,
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        smtp_timeout=1,
    )
    try:
        for number in range(3):
            server.start()
            status, _ = server.post(body(server, f"mistake-{number}"), ORIGIN)
            server.stop(signal.SIGKILL)
            assert status == 201
        server.start()
        for number in range(3):
            wait_until(
                lambda number=number: any(
                    f"[[mistake-{number}]]" in mail for mail in mails(mail_server)
                ),
                40,
                f"the mail about mistake-{number}",
            )
    finally:
        server.stop(signal.SIGKILL)


def test_worker_on_another_queue_sends_what_the_web_process_stored(
    tmp_path: Path, mail_server: MailServer
) -> None:
    server = LiveServer(
        tmp_path / "var",
        ORIGIN,
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        tasks_url=f"sqlite:///{tmp_path / 'tasks.db'}",
    )
    try:
        server.start("worker")
        assert server.post(body(server, "recieve"), ORIGIN)[0] == 201
        wait_until(lambda: len(mail_server.messages) == 1, 20, "the mail")
    finally:
        server.stop()


def test_redis_carries_tasks_and_limits(tmp_path: Path, mail_server: MailServer) -> None:
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    import subprocess

    port = free_port()
    redis = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    server = None
    try:
        server = LiveServer(
            tmp_path / "var",
            ORIGIN,
            smtp_host="127.0.0.1",
            smtp_port=mail_server.port,
            tasks_url=f"redis://127.0.0.1:{port}/0",
            limit_storage_url=f"redis://127.0.0.1:{port}/1",
        )
        server.start("worker")
        assert server.post(body(server, "recieve"), ORIGIN)[0] == 201
        wait_until(lambda: len(mail_server.messages) == 1, 20, "the mail")
    finally:
        if server:
            server.stop()
        redis.terminate()
        redis.wait()
