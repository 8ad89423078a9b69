"""Which addresses name the same page, and which origins a site has.

Addresses are parsed as browsers parse them (WHATWG URL, by ada-url).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote_plus

import ada_url

from server.text.remembered import remembered

MAX_LENGTH = 4096

# Parameters that say where a reader came from or who he is, not what he reads.
TRACKING = re.compile(
    r"utm_.*|mtm_.*|matomo_.*|pk_(?:campaign|kwd|source|medium|content|cid)|hsa_.*|_hs(?:enc|mi)"
    r"|fb(?:clid|_action_ids|_action_types|_ref|_source)|g(?:clid|clsrc|ad_source|ad_campaignid)"
    r"|dclid|[gw]braid|srsltid|msclkid|y(?:s)?clid|twclid|ttclid|li_fat_id|igsh(?:id)?|mibextid"
    r"|epik|rdt_cid|sc_(?:cid|channel)|mc_[ce]id|_ga|_gl|_ke|mkt_tok|oly_(?:anon|enc)_id|vero_id"
    r"|wickedid|s_cid|ref_src|ref_url|cmpid|ocid|ncid|_openstat|at_(?:medium|campaign)|xtor"
    r"|wt_(?:mc|zmc)|__twitter_impression|__cf_chl_.*|amp_js_v|usqp"
    r"|phpsessid|jsessionid|aspsessionid.*|cfid|cftoken|oscsid|zenid|session_?id",
    re.IGNORECASE,
)
# Parameters that open something for one reader alone, or name him; so do those that hold an e-mail
# address, whatever they are called.
_READERS_OWN = re.compile(
    r"(?:access|id|refresh|auth|login|session|csrf|security|user|reset)?[_-]?token|jwt|bearer"
    r"|auth(?:orization)?|pass(?:word|wd)?|pwd|secret|api[_-]?key|e[_-]?mail|mail",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Java servers write the session into the path.
_PATH_SESSION = re.compile(r";jsessionid=[^/;?]*", re.IGNORECASE)
_UNWRITTEN = re.compile(r"[\x00-\x20\x7f]")
# The parts of what the parser wrote anew, where each has its own characters.
_NORMAL = re.compile(r"(https?)://(?:[^/?#@]*@)?(\[[^]]*\]|[^/?#:]*)(?::(\d+))?(/[^?#]*)(\?[^#]*)?")
_ORIGIN_PATTERN = re.compile(r"(https?)://(\*\.)?([^/?#@*]+)")


class AddressError(ValueError):
    """An address that cannot be a page's; the message says why."""


@remembered
def canonical_address(address: str) -> str:
    """A page's address as it is kept and shown: without fragment, user, default port, session
    and tracking parameters, and those that are a reader's own.

    What remains is not rewritten, so that it still opens the page; which addresses name the same
    page is :func:`server.text.page_identity.page_key`'s to say. Raises AddressError for what is no
    http(s) address.
    """
    known = parse(address)
    path = _PATH_SESSION.sub("", known.pathname)
    kept = "&".join(
        piece
        for name, piece in parameters(known.search)
        if not is_tracking(name) and not _is_readers_own(name, piece)
    )
    if path != known.pathname:
        # What remains may be a dot segment.
        path = parse(known.origin + path).pathname
    # As it is written: a second question mark is the first character of a parameter's name.
    return f"{known.origin}{path}?{kept}" if kept else f"{known.origin}{path}"


def parameters(search: str) -> list[tuple[str, str]]:
    """Each parameter of a query as its decoded name and as it is written; empty ones are left
    out."""
    if not search:
        return []
    pieces = [piece for piece in search.removeprefix("?").split("&") if piece]
    return [(unquote_plus(piece.split("=", 1)[0]), piece) for piece in pieces]


def is_tracking(name: str) -> bool:
    """Whether a parameter says nothing of what is read."""
    return TRACKING.fullmatch(name) is not None


def _is_readers_own(name: str, piece: str) -> bool:
    if _READERS_OWN.fullmatch(name):
        return True
    if "@" not in piece and "%40" not in piece:
        return False
    return _MAILBOX.fullmatch(unquote_plus(piece.partition("=")[2])) is not None


def address_hash(address: str) -> bytes:
    """32 bytes that stand for a page's key in an index."""
    return hashlib.sha256(address.encode()).digest()


def origin_of(address: str) -> str:
    """``https://host[:port]``. Raises AddressError for what is no http(s) address."""
    return parse(address).origin


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


def origin_allowed(origin: str, patterns: Iterable[str]) -> bool:
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


class Parsed(NamedTuple):
    """The parts of an address, as of the URL Standard, without user and fragment."""

    origin: str
    hostname: str
    port: str
    pathname: str
    search: str


# Each address is asked several things by one request.
@remembered
def parse(address: str) -> Parsed:
    """Raises AddressError for what is no http(s) address."""
    if len(address) > MAX_LENGTH:
        raise AddressError(f"longer than {MAX_LENGTH} characters")
    try:
        match = _NORMAL.match(ada_url.normalize_url(address))
    except ValueError:
        raise AddressError("not an absolute address") from None
    if not match:
        raise AddressError("not an http or https address")
    scheme, hostname, port, pathname, search = match.groups("")
    origin = f"{scheme}://{hostname}:{port}" if port else f"{scheme}://{hostname}"
    return Parsed(origin, hostname, port, pathname, "" if search == "?" else search)


def require_as_browsers_write(address: str) -> None:
    """Raise AddressError for what is no http(s) address in the form in which a browser gives a
    page's own: other programs read a tab or a backslash in it in ways of their own."""
    if _UNWRITTEN.search(address):
        raise AddressError("not written as browsers do: it has white space or control characters")
    if "\\" in re.split("[?#]", address, maxsplit=1)[0]:
        raise AddressError("not written as browsers do: it has a backslash")
    parse(address)


def with_fragment(address: str, directive: str) -> str:
    """An address that jumps to the very words (WICG text fragments); ``directive`` is
    ``text=…`` or empty."""
    if not directive:
        return address
    return f"{address}{':~:' if '#' in address else '#:~:'}{directive}"
