"""Requests to addresses that somebody typed in: checked, bounded, never into our own network.

An owner's webhook address, or the host in a chat service's, is a stranger's wish that our server
call somewhere (SSRF). The name is resolved once, every address that it has is checked, and the
connection goes to a checked address while ``Host`` and TLS name stay as they were: a name that
answers differently a second time (DNS rebinding) gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from ada_url import URL

from server.public_address import is_public

LONGEST_URL = 2_000
# From the look-up to the end of the answer. Standard Webhooks recommends 15 to 30 seconds.
TOTAL_SECONDS = 15.0
# The name servers of a system together may take longer than that.
LOOKUP_SECONDS = 5.0
# What is kept of an answer.
ANSWER_BYTES = 2_048
# Below lie mail, databases' old homes and the like; a web server there is the exception.
LOWEST_OWN_PORT = 1_024


class Refused(ValueError):  # noqa: N818 - reads as what happened
    """An address that is not called. The message says why, and holds no secret part of it."""


class Failed(Exception):  # noqa: N818 - reads as what happened
    """No answer came. ``handed_over``: the request had been sent, so it may have arrived."""

    def __init__(self, words: str, *, handed_over: bool) -> None:
        super().__init__(words)
        self.handed_over = handed_over


@dataclass(frozen=True)
class Target:
    """An address in its normal form. ``path`` with its query."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


@dataclass(frozen=True)
class Document:
    """``headers`` in lower case, each as often as it came; ``body``: its first bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> list[str]:
        """The values of a header, named in lower case."""
        return [value for each, value in self.headers if each == name]


@dataclass(frozen=True)
class Answer:
    """``body``: the first bytes. ``retry_after``: seconds, where the server named a number."""

    status: int
    body: bytes
    retry_after: int | None


def target_of(url: str, *, allow_private: bool = False, allow_plain: bool = False) -> Target:
    """Take an address apart as browsers do, so that ``0x7f.1`` is seen as ``127.0.0.1``.

    ``allow_private``: for a trial on one machine: plain HTTP, every port, every network.
    ``allow_plain``: HTTP without TLS, for what is public anyway. Raises Refused.
    """
    if len(url) > LONGEST_URL:
        raise Refused(f"must have at most {LONGEST_URL} characters.")
    if not url.isprintable() or re.search(r"\s", url):
        raise Refused("must not contain spaces or control characters.")
    try:
        parsed = URL(url)
    except ValueError:
        raise Refused("is not an address like https://example.org/hook.") from None
    secure = parsed.protocol == "https:"
    if not secure and not ((allow_private or allow_plain) and parsed.protocol == "http:"):
        raise Refused("must begin with https://.")
    if parsed.username or parsed.password:
        raise Refused("must not contain a user name or password.")
    port = int(parsed.port) if parsed.port else (443 if secure else 80)
    usual = (80, 443) if allow_plain else (443,)
    if port not in usual and port < LOWEST_OWN_PORT and not allow_private:
        raise Refused(f"must use port 443, or one from {LOWEST_OWN_PORT} on.")
    host = parsed.hostname.strip("[]")
    number = _number(host)
    if number is not None and not allow_private:
        _require_public(number)
    return Target(secure, host, port, parsed.pathname + parsed.search)


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def addresses_of(host: str, port: int, *, allow_private: bool = False) -> list[str]:
    """Look a name up, once. Raises Refused where one of its addresses is private (all of them
    count: which one is called would be the name server's choice), OSError where it has none."""
    found: list[str] = []
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))
        except (OSError, UnicodeError) as error:
            failed.append(error if isinstance(error, OSError) else OSError(str(error)))

    # The system's own look-up has no time limit that we could set.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(LOOKUP_SECONDS)
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError(f"the name was not found within {LOOKUP_SECONDS:g} seconds")
    if not allow_private:
        for address in found:
            _require_public(ipaddress.ip_address(address))
    return found


def _require_public(address: IPv4Address | IPv6Address) -> None:
    if not is_public(address):
        raise Refused(f"leads to {address}, which is not an address of the public internet.")


def connect(host: str, port: int, timeout: float, *, allow_private: bool = False) -> socket.socket:
    """A connection to a checked address of ``host``. Raises Refused, OSError."""
    failure: OSError = OSError("no address")
    for address in addresses_of(host, port, allow_private=allow_private):
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            failure = error
    raise failure


@contextmanager
def cut_off(connection: Callable[[], object], seconds: float) -> Iterator[None]:
    """End what takes longer. A socket's own time limit starts anew with each byte, so a server
    that dribbles would hold a worker beyond its lease. ``connection`` gives the socket, once
    there is one. Raises TimeoutError."""
    overdue = threading.Event()

    def cut() -> None:
        overdue.set()
        found = connection()
        if isinstance(found, socket.socket):
            # Not ssl's own shutdown, which would turn what follows into plain text.
            with suppress(OSError):
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    failed: Exception | None = None
    try:
        yield
    except Exception as error:
        failed = error
    finally:
        timer.cancel()
    if overdue.is_set():
        # What was read up to the cut can look like a reply.
        raise TimeoutError(f"no end within {seconds:g} seconds") from failed
    if failed is not None:
        raise failed


class _Checked(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, target: Target, *, allow_private: bool) -> None:
        super().__init__(target.host, target.port, timeout=TOTAL_SECONDS)
        self.target = target
        self.allow_private = allow_private
        # http.client forgets its socket while it reads the answer.
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        target = self.target
        self.wire = connect(
            target.host, target.port, TOTAL_SECONDS, allow_private=self.allow_private
        )
        if target.secure:
            # The handshake comes second, so that the time limit knows whom to cut off.
            context = ssl.create_default_context()
            secured = context.wrap_socket(
                self.wire, server_hostname=target.host, do_handshake_on_connect=False
            )
            self.wire = secured
            secured.do_handshake()
        self.sock = self.wire


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool = False
) -> Answer:
    """POST to an address, within :data:`TOTAL_SECONDS`.

    Raises Refused for an address that is not called, Failed where no answer came. Every status is
    an answer, also a redirect.
    """
    target = target_of(url, allow_private=allow_private)
    with _exchange(target, "POST", body, headers, allow_private=allow_private) as response:
        wait = response.headers.get("Retry-After", "")
        return Answer(
            response.status,
            response.read(ANSWER_BYTES),
            int(wait) if wait.isascii() and wait.isdecimal() and len(wait) < 10 else None,
        )


def get(
    url: str, headers: Mapping[str, str], *, most_bytes: int, allow_private: bool = False
) -> Document:
    """GET a public page, within :data:`TOTAL_SECONDS`; raises as :func:`post` does."""
    target = target_of(url, allow_private=allow_private, allow_plain=True)
    with _exchange(target, "GET", None, headers, allow_private=allow_private) as response:
        came = tuple((name.lower(), value) for name, value in response.getheaders())
        return Document(response.status, came, response.read(most_bytes))


@contextmanager
def _exchange(
    target: Target,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    allow_private: bool,
) -> Iterator[http.client.HTTPResponse]:
    """One request, and its answer to read from within the time limit."""
    connection = _Checked(target, allow_private=allow_private)
    handed_over = False
    try:
        with cut_off(lambda: connection.wire, TOTAL_SECONDS):
            connection.request(
                method,
                target.path,
                body,
                {"Host": target.authority, "Connection": "close", **headers},
            )
            handed_over = True
            yield connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise Failed(_words(error), handed_over=handed_over) from error
    finally:
        connection.close()
        if connection.wire is not None:
            connection.wire.close()


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return str(error) or "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
