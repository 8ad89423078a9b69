"""A web server and a worker that start within a moment, to be killed and started again.

Both are forked from a process that has imported everything. They are the real application and the
real consumer; the web server is Werkzeug's, as Granian's processes import all anew.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from live_server import listens, wait_until
from smtp_server import free_port
from werkzeug.serving import make_server

from server import create_app, tasks
from server.config import Settings

# The first start imports everything.
START_SECONDS = 120
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["killable"])


def _serve(settings: Settings, port: int, log: Path) -> None:
    _log_to(log)
    make_server("127.0.0.1", port, create_app(settings), threaded=True).serve_forever()


def _work(settings: Settings, log: Path) -> None:
    _log_to(log)
    tasks.run_worker(create_app(settings))


def _log_to(log: Path) -> None:
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)


class Killable:
    """``web`` and ``worker``, each a process of its own; ``kills`` counts their deaths."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings = settings
        self.log = log
        self.port = free_port()
        self.kills = 0
        self._processes: dict[str, BaseProcess] = {}

    def start(self) -> None:
        """Start what does not run, and wait until the web server listens."""
        self._start("worker", _work, self.settings, self.log)
        self._start("web", _serve, self.settings, self.port, self.log)
        wait_until(lambda: listens(self.port), START_SECONDS, f"the server starts, see {self.log}")

    def _start(self, name: str, target: Callable[..., None], *arguments: Any) -> None:
        if name not in self._processes:
            self._processes[name] = _forks.Process(target=target, args=arguments, daemon=True)
            self._processes[name].start()

    def kill(self, *names: str) -> None:
        """SIGKILL, as the kernel or a power cut would."""
        for name in names:
            self._processes[name].kill()
            self.kills += 1
        for name in names:
            self._processes.pop(name).join()

    def stop(self) -> None:
        self.kill(*self._processes)
