"""Texts that try to be more than text, and what they would make of a page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from submissions import PAGE_URL

# Each tries to make an element or an attribute of this name, or to run it.
MARK = "xss7"
CORPUS = [
    f"<{MARK}>",
    f"<script {MARK}>alert(1)</script>",
    f"<img src=x onerror={MARK}()>",
    f'" {MARK}=1 x="',
    f"' {MARK}=1 x='",
    f"` {MARK}=1",
    f"</title><{MARK}>",
    f"</textarea></style></script><{MARK}>",
    f"--><{MARK}><!--",
    f"<svg/onload={MARK}()>",
    f"<a href=javascript:{MARK}()>x</a>",
    f"&lt;{MARK}&gt;&#60;{MARK}>",
    f"{{{{ '<{MARK}>'|safe }}}}{{% raw %}}<{MARK}>",
    f"\u2028<{MARK}>\u2029",
    f"\x0b<{MARK}\x0c>",
    f"＜{MARK}＞<\u200b{MARK}>",
    f"<bdo dir=rtl {MARK}>\u202e",
    f"]]><{MARK}>",
]
# Turns the text around it, isolates it, is not seen, rings.
HIDDEN = "re\u202eciev\u2066e\u200b\x07"
SHOWN = ("⟨RLO⟩", "⟨LRI⟩", "⟨ZWSP⟩", "⟨U+0007⟩")


def fields_with(text: str, page_url: str = PAGE_URL) -> dict[str, Any]:
    """A submission, as changes of the usual one, whose every text is hostile."""
    return {
        "selector__exact": text,
        "selector__prefix": text,
        "selector__suffix": text,
        "passage": {"before": text, "after": text},
        "suggestion": f"{text}!",
        "comment": text,
        "page__title": text,
        "page__language": text[:35],
        "page__author": text,
        "page__section": text,
        "page__url": f"{page_url}?a=%22%3E%3C{MARK}%3E",
    }


class Elements(HTMLParser):
    """The elements and attributes that readers' text has made."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.made: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if MARK in name or name.startswith("on") or name == "srcdoc":
                self.made.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and value:
                scheme = value.strip().lower().partition(":")[0]
                if scheme in ("javascript", "data", "vbscript"):
                    self.made.append(f"{tag} {name}={value}")
        if MARK in tag:
            self.made.append(tag)


class Shown(HTMLParser):
    """The text of a page; not that of fields, which is edited as it is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._in_field = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_field = tag == "textarea"

    def handle_endtag(self, tag: str) -> None:
        self._in_field = False

    def handle_data(self, data: str) -> None:
        if not self._in_field:
            self.text += data


def text_of(page: str) -> str:
    parser = Shown()
    parser.feed(page)
    return parser.text


def made_by(page: str) -> list[str]:
    parser = Elements()
    parser.feed(page)
    return parser.made
