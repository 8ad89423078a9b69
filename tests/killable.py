"""A web server and a worker that start within a moment, to be killed and started again.

Both are forked from a process that has imported everything. They are the real application and the
real consumer; the web server is Werkzeug's, as Granian's processes import all anew.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from live_server import listens, wait_until
from smtp_server import free_port
from sqlalchemy import event
from werkzeug.serving import make_server

from server import create_app, tasks
from server.config import Settings
from server.extensions import db

# The first start imports everything.
START_SECONDS = 120
# What a worker can be killed in the midst of: where its tasks find it.
STEPS: dict[str, tuple[Any, str]] = {
    "routing": (tasks.routing, "route_due"),
    "bulk": (tasks, "work_on_bulk_actions"),
}
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["killable"])


def _serve(settings: Settings, port: int, log: Path) -> None:
    _log_to(log)
    make_server("127.0.0.1", port, create_app(settings), threaded=True).serve_forever()


def _work(settings: Settings, log: Path) -> None:
    _log_to(log)
    tasks.run_worker(create_app(settings))


def _work_until(settings: Settings, log: Path, step: str, statement: int) -> None:
    """A worker that gets SIGKILL before, or right after, its ``statement``-th word to the database,
    commits among them, from when it first does the step of that name."""
    _log_to(log)
    module, name = STEPS[step]
    work = getattr(module, name)

    def watched(**options: Any) -> int:
        doing.here = True
        try:
            return int(work(**options))
        finally:
            doing.here = False

    setattr(module, name, watched)
    app = create_app(settings)
    said = itertools.count(1)
    doing = threading.local()

    def count(*_arguments: Any) -> None:
        if getattr(doing, "here", False) and next(said) >= statement:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(db.engine, moment, count)
    tasks.run_worker(app)


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


def dying_worker(settings: Settings, log: Path, step: str, statement: int) -> BaseProcess:
    """A worker that is killed in the midst of a step, started; see :func:`_work_until`."""
    arguments = (settings, log, step, statement)
    process = _forks.Process(target=_work_until, args=arguments, daemon=True)
    process.start()
    return process


def worker(settings: Settings, log: Path) -> BaseProcess:
    """A worker that nothing happens to, started."""
    process = _forks.Process(target=_work, args=(settings, log), daemon=True)
    process.start()
    return process
