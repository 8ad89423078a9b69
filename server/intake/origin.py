"""Whether a request comes from a page of the site it names.

The origin is a filter against mistakes and against other sites' use of a key. It is no proof:
a program can send any header, so nothing else trusts it.
"""

from __future__ import annotations

from werkzeug.datastructures import Headers

from server.intake.site_cache import KnownSite
from server.problems import Problem
from server.text.address import AddressError, origin_allowed, origin_of
from server.text.page_identity import page_address

# How a browser names an origin that is nobody's.
OPAQUE = "null"


def page_that_sends(headers: Headers) -> str | None:
    """The page that sends, as far as its browser says: its origin, or its address."""
    return headers.get("Origin") or headers.get("Referer")


def check_origin(site: KnownSite, sender: str | None, page_url: str) -> None:
    """Raise Problem 403 where the request's origin or the page is not one of the site's.

    ``Origin`` decides, else ``Referer``; where a browser sends neither, the page's address alone.
    ``Origin: null`` (a sandboxed frame, a local file) is refused, unless the site takes it; then
    too the page's address decides alone. See docs/abuse.md.
    """
    if sender == OPAQUE and site.null_origin:
        sender = None
    if sender and not _allowed(sender, site.origins):
        raise Problem(
            403,
            "origin-not-allowed",
            "This page's origin is not one of the site's allowed origins.",
            f"{sender[:200]} is not allowed. The site's owner can add it.",
            errors=[{"field": "Origin", "message": "is not one of the site's allowed origins."}],
        )
    if not _allowed(page_url, site.origins):
        raise Problem(
            403,
            "page-not-allowed",
            "This page is not on one of the site's allowed origins.",
            errors=[{"field": "page.url", "message": "is not on one of the site's origins."}],
        )


def page_identity(site: KnownSite, url: str, canonical: str) -> str:
    """The address that names the page: its canonical one, if that lies on the site too and can be
    believed (see :mod:`server.text.page_identity`)."""
    return page_address(url, canonical if canonical and _allowed(canonical, site.origins) else "")


def _allowed(address: str, patterns: tuple[str, ...]) -> bool:
    try:
        return origin_allowed(origin_of(address), patterns)
    except AddressError:
        # "null": a sandboxed frame or a local file.
        return False
