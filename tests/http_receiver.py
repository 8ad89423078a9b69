"""A real HTTP or HTTPS server that keeps what it receives and answers on command."""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: Message
    body: bytes


class Receiver:
    """``answers``: to give, once each, in order, then ``usual``. ``stall_seconds`` passes before an
    answer; ``"drop"`` as a body closes the connection without one. While ``held`` is set, none is
    answered."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self.answers: list[Answer] = []
        self.usual: Answer = (200, {}, b"ok")
        self.stall_seconds = 0.0
        self.held = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _receive(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            receiver.requests.append(Received(self.command, self.path, self.headers, body))
            status, headers, answer = (
                receiver.answers.pop(0) if receiver.answers else receiver.usual
            )
            if receiver.stall_seconds:
                time.sleep(receiver.stall_seconds)
            while receiver.held.is_set():
                time.sleep(0.01)
            if answer == b"drop":
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(answer)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = _receive  # noqa: N815 - the names that http.server calls

        def log_message(self, *_arguments: Any) -> None:
            return None

    return Handler
