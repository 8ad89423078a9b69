"""A real Copydesk in a process of its own, to be used and killed by tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from smtp_server import free_port

COPYDESK = Path(sys.executable).with_name("copydesk")
START_SECONDS = 120
PATIENCE = 60
EDITOR = "editor@news.example"


class LiveServer:
    """``copydesk run`` with a site, an editor, and settings as given (without prefix).
    ``inhabited``: false for one on which there is nobody and nothing yet."""

    def __init__(
        self, data_dir: Path, origin: str, *, inhabited: bool = True, **settings: Any
    ) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        clean = {k: v for k, v in os.environ.items() if not k.startswith("COPYDESK_")}
        self.environment = {
            **clean,
            "COPYDESK_MODE": "development",
            "COPYDESK_DATA_DIR": str(data_dir),
            "COPYDESK_PUBLIC_URL": self.url,
            "COPYDESK_INTAKE_NETWORK_LIMIT": "10000/minute",
            "COPYDESK_INTAKE_SITE_LIMIT": "10000/minute",
            "COPYDESK_SPAM_PAGES": "10000/minute",
            "COPYDESK_SPAM_PLACES": "10000/minute",
            "COPYDESK_SPAM_PAGE_PLACES": "10000/day",
            # All tests of a browser log in from one address.
            "COPYDESK_LOGIN_LIMIT": "1000/minute",
            "COPYDESK_LOGIN_ACCOUNT_LIMIT": "1000/minute",
            "COPYDESK_BURST_MINUTES": "0",
            "COPYDESK_FLOOD_REPORTS": "0",
            "COPYDESK_MAILS_PER_HOUR": "0",
            "COPYDESK_WEBHOOK_CALLS_PER_MINUTE": "0",
            **{f"COPYDESK_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.log = data_dir.with_suffix(".log")
        self.processes: list[subprocess.Popen[bytes]] = []
        self.run_options: list[str] = []
        self.command("db", "upgrade")
        if inhabited:
            self._inhabit(origin)

    def _inhabit(self, origin: str) -> None:
        site = self.command("sites", "add", "The News", "--origin", origin)
        self.script_tag = site.strip().splitlines()[-1]
        self.site_key = self.script_tag.split("/w/")[1].split(".js")[0]
        account = self.command("users", "add", EDITOR, "--site", "The News")
        self.password = account.rpartition("Password: ")[2].strip()

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [COPYDESK, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def query(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        database = Path(self.environment["COPYDESK_DATA_DIR"]) / "copydesk.db"
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute(statement, parameters).fetchall()

    def start(self, *also: str) -> None:
        """Start the web server, and ``also`` other commands such as ``worker``."""
        with self.log.open("ab") as log:
            run = ["run", "--port", str(self.port), *self.run_options]
            for command in (run, *([each] for each in also)):
                self.processes.append(
                    subprocess.Popen(
                        [COPYDESK, *command],
                        env=self.environment,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/login", timeout=5).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server did not start: {self.log.read_text()}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End all processes: SIGTERM politely, SIGKILL as a power cut would."""
        for process in self.processes:
            # The web server has a process of its own for the application: the whole group goes.
            try:
                os.killpg(process.pid, how)
            except ProcessLookupError:
                continue
            process.wait(timeout=START_SECONDS)
        self.processes.clear()

    def post(self, body: dict[str, Any], origin: str) -> tuple[int, dict[str, Any]]:
        """POST a submission as a browser would."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/submissions",
            json.dumps(body).encode(),
            {"Content-Type": "text/plain;charset=UTF-8", "Origin": origin},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def listens(port: int) -> bool:
    """Whether something on this machine takes connections on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Any, seconds: float, what: str) -> None:
    """Wait for something that happens elsewhere; fail by name when it does not. ``seconds`` are
    what an idle machine may need; a busy one gets PATIENCE."""
    deadline = time.monotonic() + max(seconds, PATIENCE)
    while not condition():
        assert time.monotonic() < deadline, f"did not happen in time: {what}"
        time.sleep(0.05)
