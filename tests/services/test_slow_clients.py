"""Clients that send a byte and wait, by the hundred, stop nobody else; what is hardly HTTP is
answered or hung up on."""

from __future__ import annotations

import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from live_server import LiveServer, wait_until
from submissions import ORIGIN, PAGE_URL

# More than there are threads.
SLOW = 300
SLOW_NETWORK = ("127.0.0.2", 0)
HEADERS = "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost:{port}\r\nX-Slow: "
TIMERS = Path("/proc/net/tcp")
KEEPALIVE = "02"
BODY = (
    "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost:{port}\r\n"
    "Content-Type: text/plain\r\nContent-Length: 1000\r\n\r\n{{"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path_factory.mktemp("slow") / "var", ORIGIN)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("begin", ["", HEADERS, BODY], ids=["silent", "headers", "body"])
def test_others_are_served_beside_slow_clients(server: LiveServer, begin: str) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW):
            connected = socket.create_connection(
                ("127.0.0.1", server.port), source_address=SLOW_NETWORK
            )
            slow = stack.enter_context(connected)
            slow.sendall(begin.format(port=server.port).encode())

        for number in range(5):
            body = {
                "site": server.site_key,
                "idempotency_key": uuid.uuid4().hex,
                "page": {"url": PAGE_URL},
                "selector": {"exact": f"mistake {len(begin)} {number}"},
            }
            assert server.post(body, ORIGIN)[0] == 201


@pytest.mark.skipif(not TIMERS.exists(), reason="Linux says what it does with a connection")
def test_clients_that_vanish_are_noticed(server: LiveServer) -> None:
    """Their thread is free when they did not answer the system."""
    with socket.create_connection(("127.0.0.1", server.port)) as silent:
        silent.sendall(BODY.format(port=server.port).encode())
        ends = (f":{server.port:04X}", f":{silent.getsockname()[1]:04X}")

        def is_asked() -> bool:
            rows = [line.split() for line in TIMERS.read_text().splitlines()]
            ours = [row for row in rows if (row[1][-5:], row[2][-5:]) == ends]
            return [row[5][:2] for row in ours] == [KEEPALIVE]

        wait_until(is_asked, 10, "the system watches the connection")


ODD = {
    "no method": b" /api/v1/submissions HTTP/1.1\r\n\r\n",
    "control character in the method": b"P\0ST /login HTTP/1.1\r\n\r\n",
    "no version": b"POST /api/v1/submissions\r\n\r\n",
    "another version": b"POST /api/v1/submissions HTTP/9.9\r\n\r\n",
    "address of another host": b"POST http://evil.example/login HTTP/1.1\r\nHost: evil\r\n\r\n",
    "bytes in the address": b"GET /?view=\xff%ff%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no host": b"POST /api/v1/submissions HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "length below nothing": b"POST /login HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}",
    "length and chunks": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "broken chunks": b"POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "chunks that end early": b"POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    "body that ends early": b"POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: 90\r\n\r\n{",
    "long header": b"POST /login HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 500_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
    "folded header": b"GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n",
    "deep JSON, pipelined": (
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 9000\r\n\r\n" + b"[" * 9_000
    )
    * 3,
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(190),
    "noise": bytes(range(256)) * 40,
}


def test_what_is_hardly_http_breaks_nothing(server: LiveServer) -> None:
    for what, data in ODD.items():
        answer = b""
        with (
            socket.create_connection(("127.0.0.1", server.port), 60) as odd,
            suppress(ConnectionError),
        ):
            odd.sendall(data.replace(b"Host: localhost", b"Host: localhost:%d" % server.port))
            # It may have hung up already.
            with suppress(OSError):
                odd.shutdown(socket.SHUT_WR)
            while more := odd.recv(65_536):
                answer += more
        assert not re.search(rb"HTTP/1\.[01] 5", answer), what
    assert server.post({}, ORIGIN)[0] == 422


def test_stops_although_clients_are_slow(server: LiveServer) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            slow.sendall(BODY.format(port=server.port).encode())
        server.post({}, ORIGIN)

        # Fails where it takes longer than half a minute.
        server.stop()
