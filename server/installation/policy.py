"""What a page's Content-Security-Policy (W3C CSP 3) says of our script and of sending to us."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ada_url import URL

# Which directive decides, and which stand in for it where it is absent.
SCRIPTS = ("script-src-elem", "script-src", "default-src")
CONNECTIONS = ("connect-src", "default-src")

_HOST_SOURCE = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>\*|(?:\*\.)?[a-z0-9_.-]+)"
    r"(?::(?P<port>\d+|\*))?(?P<path>/\S*)?",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http:": "80", "https:": "443"}


def policies(headers: Iterable[str]) -> list[dict[str, list[str]]]:
    """The policies of some headers or ``meta`` elements: sources by directive. All of them hold."""
    found = []
    for text in ",".join(headers).split(","):
        directives: dict[str, list[str]] = {}
        for part in text.split(";"):
            name, *sources = part.split()[:500] or [""]
            if name:
                # The first of its name counts.
                directives.setdefault(name.lower(), sources)
        if directives:
            found.append(directives)
    return found


def allows_script(policy: dict[str, list[str]], page: str, script: str, nonce: str) -> bool:
    """Whether the page may run a script of this address, whose element has this nonce."""
    sources = _deciding(policy, SCRIPTS)
    if sources is None:
        return True
    if nonce and f"'nonce-{nonce}'" in sources:
        return True
    # Then what is not named by nonce or hash is not trusted, wherever it lies.
    if "'strict-dynamic'" in (each.lower() for each in sources):
        return False
    return _any_fits(sources, page, script)


def allows_connection(policy: dict[str, list[str]], page: str, address: str) -> bool:
    """Whether the page may send to an address."""
    sources = _deciding(policy, CONNECTIONS)
    return sources is None or _any_fits(sources, page, address)


def _deciding(policy: dict[str, list[str]], names: Sequence[str]) -> list[str] | None:
    return next((policy[name] for name in names if name in policy), None)


def _any_fits(sources: list[str], page: str, address: str) -> bool:
    return any(_fits(source, URL(page), URL(address)) for source in sources)


def _fits(source: str, page: URL, url: URL) -> bool:
    if source.lower() == "'self'":
        return bool(page.origin == url.origin)
    if re.fullmatch(r"[a-z][a-z0-9+.-]*:", source, re.IGNORECASE):
        return _scheme_fits(source.lower(), url.protocol)
    match = _HOST_SOURCE.fullmatch(source)
    if match is None:
        return False
    scheme = f"{match['scheme'].lower()}:" if match["scheme"] else page.protocol
    return (
        _scheme_fits(scheme, url.protocol)
        and _host_fits(match["host"].lower(), url.hostname)
        and _port_fits(match["port"], url)
        and _path_fits(match["path"] or "", url.pathname)
    )


def _scheme_fits(allowed: str, scheme: str) -> bool:
    # What is allowed over HTTP is allowed over HTTPS too.
    return scheme == allowed or (allowed, scheme) == ("http:", "https:")


def _host_fits(allowed: str, host: str) -> bool:
    if allowed == "*":
        return True
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


def _port_fits(allowed: str | None, url: URL) -> bool:
    usual = _DEFAULT_PORTS.get(url.protocol, "")
    return allowed == "*" or (url.port or usual) == (allowed or usual)


def _path_fits(allowed: str, path: str) -> bool:
    if not allowed or allowed == "/":
        return True
    return path.startswith(allowed) if allowed.endswith("/") else path == allowed
