"""The web server (Granian) that runs the application."""

from __future__ import annotations

import os
import socket

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from server.database import release_connections

HEADER_SECONDS = 10
CONNECTIONS = 1024
# Longer than a message in hand may take (see server.tasks), shorter than a container's patience.
KILL_SECONDS = 9


def serve(host: str, port: int, *, workers: int, threads: int) -> None:
    """Serve until stopped. The settings reach the processes through the environment."""
    release_connections()
    os.environ["COPYDESK_THREADS"] = str(threads)
    Granian(
        "server.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        # Connections of one process; those beyond wait unaccepted.
        backpressure=CONNECTIONS,
        # A thread that waits for a slow client's body does not end by itself.
        workers_kill_timeout=KILL_SECONDS,
    ).serve()


def require_free_port(host: str, port: int) -> None:
    """Raise ClickException where something listens already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {host}:{port}: {error.strerror}"
            ) from None
