"""Bodies that clients have begun to send and do not end.

The web server has no limit of time for a body, and a thread waits for each: whoever holds as many
connections as there are threads would stop everybody. So a network may keep some waiting, and fewer
where many do already. The others are refused unread.
"""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

from flask import Flask

from server.network import subscriber_of
from server.problems import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What has not come after so many seconds is waited for; a body that has come takes none.
COMING = 2.0
# So many may come at once, from whom ever: a benchmark's, or an office's.
FEW = 32
RETRY_AFTER = 10
# After so many seconds of silence a client is asked whether it is there, so often, so many times.
SILENT, AGAIN, TIMES = 60, 15, 4
_OPEN_FILES = Path("/proc/self/fd")


class UnfinishedBodies:
    """WSGI middleware, behind the one that knows who the client is."""

    def __init__(self, app: WSGIApplication, threads: int) -> None:
        self._app = app
        self._threads = threads
        self._lock = threading.Lock()
        # Since when each is read, and by what address it came; the oldest first.
        self._reading: dict[object, tuple[float, str]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = _Body(environ, self)
        return self._app(environ, start_response)

    @contextmanager
    def reading(self, address: str) -> Iterator[None]:
        """Around the reading of a body. Raises Problem 429 where its network has too many."""
        key, moment = object(), monotonic()
        with self._lock:
            oldest = next(iter(self._reading.values()), None)
            crowded = len(self._reading) >= FEW or (oldest and oldest[0] < moment - COMING)
            others = list(self._reading.values()) if crowded else ()
            self._reading[key] = (moment, address)
        try:
            if others and self._are_too_many(address, others, moment - COMING):
                raise Problem(
                    429,
                    "too-many-unfinished",
                    "Too many requests of this network have not ended.",
                    retry_after=RETRY_AFTER,
                )
            yield
        finally:
            with self._lock:
                del self._reading[key]

    def _are_too_many(
        self, address: str, others: Sequence[tuple[float, str]], long_ago: float
    ) -> bool:
        own = subscriber_of(address)
        theirs = [since for since, whose in others if subscriber_of(whose) == own]
        waited_for = sum(since < long_ago for since, _ in others)
        theirs_waited_for = sum(since < long_ago for since in theirs)
        # Of the threads a network may keep a sixteenth waiting, and hold half for a moment; where a
        # quarter waits, and where hardly any is left, one.
        return (
            theirs_waited_for >= max(1, self._threads // 16)
            or len(theirs) >= max(FEW, self._threads // 2)
            or (waited_for >= max(1, self._threads // 4) and theirs_waited_for >= 1)
            or (len(others) >= max(FEW, self._threads * 3 // 4) and len(theirs) >= 1)
        )


class _Body:
    """``wsgi.input``, known to be waited for while somebody reads it."""

    def __init__(self, environ: Mapping[str, Any], bodies: UnfinishedBodies) -> None:
        self._input: IO[bytes] = environ["wsgi.input"]
        self._address = str(environ.get("REMOTE_ADDR", ""))
        self._bodies = bodies

    def read(self, *size: int) -> bytes:
        with self._bodies.reading(self._address):
            return self._input.read(*size)

    def readline(self, *size: int) -> bytes:
        with self._bodies.reading(self._address):
            return self._input.readline(*size)


def notice_vanished_clients(app: Flask) -> None:
    """Have the system ask silent clients whether they are still there, on Linux: a thread that
    waits for one that vanished would wait for ever."""
    serve = app.wsgi_app

    def first(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # By now this process listens.
        app.wsgi_app = serve  # type: ignore[method-assign]  # Flask's documented way
        for listening in _listening():
            with listening:
                _ask_whether_there(listening)
        return serve(environ, start_response)

    app.wsgi_app = first  # type: ignore[method-assign]  # Flask's documented way


def _listening() -> Iterator[socket.socket]:
    """Where this process listens; each to be closed."""
    files = list(_OPEN_FILES.iterdir()) if _OPEN_FILES.exists() else []
    for number in (int(file.name) for file in files):
        # That which they were read from is closed by now.
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                found = socket.socket(fileno=os.dup(number))
                if found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    yield found
                else:
                    found.close()


def _ask_whether_there(listening: socket.socket) -> None:
    """Its connections inherit it."""
    if listening.family in (socket.AF_INET, socket.AF_INET6):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, SILENT)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, AGAIN)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, TIMES)
