"""A guard around a library that connects wherever it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from server import outbound


@dataclass
class _Guard:
    allow_private: bool
    refusals: list[str] = field(default_factory=list)
    # Second handles of the connections, which TLS does not take over as it does the first.
    handles: list[socket.socket] = field(default_factory=list)


_guard: ContextVar[_Guard | None] = ContextVar("guard", default=None)
_patch_lock = threading.Lock()


@contextmanager
def guarded_connections(seconds: float, *, allow_private: bool) -> Iterator[list[str]]:
    """Within, connections of ``requests`` in this thread go to checked addresses alone, and are cut
    off after ``seconds``. Gives the reasons of those that were refused."""
    _patch()
    guard = _Guard(allow_private)
    token = _guard.set(guard)
    timer = threading.Timer(seconds, _cut_all, (guard,))
    timer.daemon = True
    timer.start()
    try:
        yield guard.refusals
    finally:
        timer.cancel()
        _guard.reset(token)
        for handle in guard.handles:
            handle.close()


def _cut_all(guard: _Guard) -> None:
    guard.refusals.clear()
    for handle in list(guard.handles):
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)


def _patch() -> None:
    """``requests`` gives no place to say where to connect, and asking for the address beforehand
    would leave it to resolve the name again. So urllib3's one function that connects asks us;
    outside of a guard it does what it always did."""
    import urllib3.util.connection as connections  # noqa: PLC0415 - comes with an extra
    from requests import Session  # noqa: PLC0415 - comes with an extra

    with _patch_lock:
        plain: Any = connections.create_connection
        if getattr(plain, "guards", False):
            return

        def create_connection(address: tuple[str, int], *rest: Any, **options: Any) -> Any:
            guard = _guard.get()
            if guard is None:
                return plain(address, *rest, **options)
            host, port = address
            try:
                checked = outbound.addresses_of(
                    host.strip("[]"), port, allow_private=guard.allow_private
                )
            except outbound.Refused as error:
                guard.refusals.append(f"{host} {error}")
                raise OSError(str(error)) from None
            connection = _first(plain, checked, port, *rest, **options)
            guard.handles.append(connection.dup())
            return connection

        create_connection.guards = True  # type: ignore[attr-defined]  # so that it is patched once
        connections.create_connection = create_connection
        # A proxy of the environment would connect in our place, to wherever it is asked; and a
        # .netrc would send passwords that nobody gave to a channel.
        setattr(Session, "trust_env", property(_trusts_environment, _keep_trust))  # noqa: B010 - its type says bool


def _first(plain: Any, addresses: list[str], port: int, *rest: Any, **options: Any) -> Any:
    """A connection to the first address that answers. Raises the last one's OSError."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return plain((address, port), *rest, **options)
    return plain((addresses[-1], port), *rest, **options)


def _trusts_environment(session: Any) -> bool:
    return _guard.get() is None and bool(session.__dict__.get("trust_env", True))


def _keep_trust(session: Any, value: bool) -> None:
    session.__dict__["trust_env"] = value
