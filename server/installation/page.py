"""A page as a browser reads it: the tags on it, and what it says that concerns them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ada_url import URL
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

_ENTRY = re.compile(r"/w/([^/]+)\.js")
_PINNED = re.compile(r"/widget/[^/]+/listener\.js")
_JAVASCRIPT = ("", "module", "text/javascript", "application/javascript")
# Valid in browsers, and unknown to the parser.
_UNKNOWN_HERE = re.compile(r":(?:lang|dir|state)\([^()]*\)")


@dataclass(frozen=True)
class Tag:
    """One script element that looks like ours. ``key`` is empty where it names no site."""

    address: str
    key: str
    pinned: bool
    attributes: Mapping[str, str | None]

    @property
    def waits(self) -> bool:
        """Whether the page is not held up by it."""
        return (
            "async" in self.attributes
            or "defer" in self.attributes
            or self.attributes.get("type") == "module"
        )

    @property
    def runs(self) -> bool:
        """Whether a browser takes it for a script: consent tools change the type until asked."""
        return (self.attributes.get("type") or "").strip().lower() in _JAVASCRIPT


class ParsedPage:
    """The HTML of a page, as WHATWG's rules take it apart."""

    def __init__(self, html: bytes, address: str) -> None:
        self._tree = LexborHTMLParser(html)
        self.address = address

    def tags(self) -> list[Tag]:
        """Every tag of a Copydesk, of whichever server, in their order."""
        return [
            tag
            for element in self._tree.css("script[src]")
            if (tag := _tag(self._base(), element.attributes))
        ]

    def policies(self) -> list[str]:
        """The Content-Security-Policies that the page itself declares."""
        return [
            element.attributes.get("content") or ""
            for element in self._tree.css("head meta[http-equiv][content]")
            if (element.attributes.get("http-equiv") or "").lower() == "content-security-policy"
        ]

    def has(self, selector: str) -> bool:
        """Whether something fits a selector; also where that cannot be told here."""
        try:
            return bool(self._tree.css(_without_unknown(selector)))
        except SelectolaxError:
            return True

    def _base(self) -> str:
        base = self._tree.css_first("base[href]")
        given = base.attributes.get("href") if base else ""
        return _joined(self.address, given or "") or self.address


def is_selector(text: str) -> bool:
    """Whether this is a CSS selector of elements."""
    try:
        LexborHTMLParser("<p>").css(_without_unknown(text))
    except SelectolaxError:
        return False
    return True


def _without_unknown(selector: str) -> str:
    return _UNKNOWN_HERE.sub(":hover", selector)


def _tag(base: str, attributes: Mapping[str, str | None]) -> Tag | None:
    address = _joined(base, attributes.get("src") or "")
    path = URL(address).pathname if address else ""
    if entry := _ENTRY.search(path):
        return Tag(address, entry[1], False, attributes)
    if _PINNED.search(path):
        return Tag(address, attributes.get("data-site") or "", True, attributes)
    return None


def _joined(base: str, reference: str) -> str:
    try:
        return str(URL(reference, base=base).href)
    except ValueError:
        return ""
