"""A Redis of the tests' own, from the machine's binaries."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from smtp_server import free_port

PROGRAM = shutil.which("redis-server")
MISSING = "redis-server is not installed (Debian: apt-get install redis-server)"
START_SECONDS = 20


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """Run a fresh Redis that keeps nothing; gives its address."""
    assert PROGRAM, MISSING
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="redis") as folder:
        server = subprocess.Popen(
            [PROGRAM, "--port", str(port), "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_for(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("redis-server did not start")
