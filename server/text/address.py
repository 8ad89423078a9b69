"""Which addresses name the same page, and which origins a site has.

Addresses are parsed as browsers parse them (WHATWG URL, by ada-url).
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode

import ada_url

MAX_LENGTH = 4096

# Parameters that say where a reader came from, not what he reads.
TRACKING = re.compile(
    r"(?:utm_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid"
    r"|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi|mkt_tok|oly_anon_id|oly_enc_id|vero_id|wickedid"
    r"|s_cid|ref_src|ref_url|cmpid|ocid|ncid|_openstat|at_medium|at_campaign)",
    re.IGNORECASE,
)
_ORIGIN_PATTERN = re.compile(r"(https?)://(\*\.)?([^/?#@*]+)")


class AddressError(ValueError):
    """An address that cannot be a page's; the message says why."""


def canonical_address(address: str) -> str:
    """The page's identity: without fragment, user, tracking parameters and default port.

    The order of the remaining parameters is kept: some sites depend on it. Raises AddressError
    for what is no http(s) address.
    """
    url = _parse(address)
    kept = [
        (name, value)
        for name, value in parse_qsl(url.search.removeprefix("?"), keep_blank_values=True)
        if not TRACKING.fullmatch(name)
    ]
    url.username = url.password = url.hash = ""
    if len(kept) != len(parse_qsl(url.search.removeprefix("?"), keep_blank_values=True)):
        url.search = urlencode(kept)
    return str(url.href).removesuffix("?") if not kept else str(url.href)


def address_hash(address: str) -> bytes:
    """32 bytes that stand for a canonical address in an index."""
    return hashlib.sha256(address.encode()).digest()


def origin_of(address: str) -> str:
    """``https://host[:port]``. Raises AddressError for what is no http(s) address."""
    return str(_parse(address).origin)


def origin_pattern(pattern: str) -> str:
    """A site's origin in its one spelling: ``https://example.org``, ``https://*.example.org``.

    Raises AddressError for what is neither.
    """
    match = _ORIGIN_PATTERN.fullmatch(pattern.strip().rstrip("/"))
    if not match:
        raise AddressError(
            f"{pattern!r} is not an origin. Write https://example.org, "
            "or https://*.example.org for all its subdomains."
        )
    scheme, wildcard, host = match.groups()
    origin = origin_of(f"{scheme}://{host}")
    return origin.replace("://", "://*.", 1) if wildcard else origin


def origin_allowed(origin: str, patterns: list[str]) -> bool:
    """Whether an origin is one of the patterns. ``https://*.example.org`` allows every subdomain
    at any depth, not ``https://example.org`` itself."""
    for pattern in patterns:
        if "://*." not in pattern:
            if origin == pattern:
                return True
            continue
        scheme, host = pattern.split("://*", 1)
        if origin.startswith(f"{scheme}://") and origin.endswith(host):
            return True
    return False


def _parse(address: str) -> ada_url.URL:
    if len(address) > MAX_LENGTH:
        raise AddressError(f"longer than {MAX_LENGTH} characters")
    try:
        url = ada_url.URL(address)
    except ValueError:
        raise AddressError("not an absolute address") from None
    if url.protocol not in ("http:", "https:"):
        raise AddressError("not an http or https address")
    return url


def with_fragment(address: str, directive: str) -> str:
    """An address that jumps to the very words (WICG text fragments); ``directive`` is
    ``text=…`` or empty."""
    if not directive:
        return address
    return f"{address}{':~:' if '#' in address else '#:~:'}{directive}"
