"""Clients that send a byte and wait, by the hundred, stop nobody else."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from live_server import LiveServer
from submissions import ORIGIN, PAGE_URL

SLOW = 200
HEADERS = "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost:{port}\r\nX-Slow: "
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
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            slow.sendall(begin.format(port=server.port).encode())

        for number in range(5):
            body = {
                "site": server.site_key,
                "idempotency_key": uuid.uuid4().hex,
                "page": {"url": PAGE_URL},
                "selector": {"exact": f"mistake {len(begin)} {number}"},
            }
            assert server.post(body, ORIGIN)[0] == 201


def test_stops_although_clients_are_slow(server: LiveServer) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            slow.sendall(BODY.format(port=server.port).encode())
        server.post({}, ORIGIN)

        # Fails where it takes longer than half a minute.
        server.stop()
