"""Signs that a submission is spam: each with the reason that an editor reads.

A submission whose signs weigh THRESHOLD or more goes to the spam view instead of the mail. It is
stored all the same, and its sender sees the answer that everybody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.text.address import AddressError, origin_allowed, origin_of
from server.text.glob import Words, folded, matches
from server.text.scripts import letters_by_script, scripts_of_language

THRESHOLD = 100

# Faster than anybody opens the dialog, types and presses Send.
MIN_MS = 1_000
# Fewer letters say nothing about the script that somebody writes in.
MIN_LETTERS = 12
# The share of letters in another script from which the text is in it, not only quotes it.
DOMINANT = 0.9
MAX_REASON_TEXT = 80

_LINK = re.compile(r"(?:https?:/{0,2}|\bwww\.)[^\s<>\"'\]\[)(«»“”]+", re.IGNORECASE)
_LINK_MARKUP = re.compile(r"<a\s+href|\[url\b|\[link\b", re.IGNORECASE)
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|\"[^\"]*\"|'[^']{2,}'|‘[^’]*’|「[^」]*」")


class Reason(NamedTuple):
    """One sign. ``kind``: its name; ``weight``: how much it counts; ``words``: for editors."""

    kind: str
    weight: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a reader did, as far as it can be judged. ``page_text``: what the page says around the
    selection; ``origins``: those of the site; ``elapsed_ms``: None where it is not known."""

    exact: str
    suggestion: str
    comment: str
    page_text: str
    page_url: str
    language: str
    site_language: str
    origins: Sequence[str]
    website: str
    elapsed_ms: int | None
    links_allowed: bool = False
    blocked_words: Sequence[str] = ()
    blocked_urls: Sequence[str] = ()

    @property
    def written(self) -> str:
        """What the reader wrote, as opposed to what the page says."""
        suggestion = "" if self.suggestion == self.exact else self.suggestion
        return f"{suggestion}\n{self.comment}".strip()


def signs(act: Act) -> list[Reason]:
    """The signs in one submission alone, heaviest first."""
    found = [
        *_trap(act),
        *_speed(act),
        *_links(act),
        *_other_script(act),
        *_blocked(act),
    ]
    return sorted(found, key=lambda reason: -reason.weight)


def is_spam(reasons: Iterable[Reason]) -> bool:
    """Whether the signs together are enough."""
    return sum(reason.weight for reason in reasons) >= THRESHOLD


def many_pages(most: int, seconds: int) -> Reason:
    """The sign of one reader who reports on more pages than anybody reads."""
    return Reason("many-pages", 100, f"More than {most} different pages within {seconds} seconds.")


def repeated_text(most: int, seconds: int) -> Reason:
    """The sign of a text that comes again and again."""
    return Reason(
        "repeated-text", 100, f"The same text at more than {most} places within {seconds} seconds."
    )


def flooded_page(most: int, seconds: int) -> Reason:
    """The sign of a page on which more is reported than any page has mistakes."""
    return Reason(
        "flooded-page",
        100,
        f"More than {most} different places on one page within {seconds} seconds.",
    )


def _trap(act: Act) -> list[Reason]:
    if not act.website.strip():
        return []
    return [Reason("trap", 100, "A field that people do not see was filled in.")]


def _speed(act: Act) -> list[Reason]:
    if act.elapsed_ms is None or act.elapsed_ms >= MIN_MS or not act.written:
        return []
    return [Reason("too-fast", 60, f"Written and sent within {act.elapsed_ms} milliseconds.")]


def _links(act: Act) -> list[Reason]:
    if act.links_allowed:
        return []
    written = act.written
    links = links_in(written)
    # A reader who corrects an address writes one.
    known = folded(act.page_text) if links else ""
    for link in links:
        if folded(link) not in known and not _own(link, act.origins):
            return [Reason("link", 100, f"A link to another site: {_short(link)}")]
    if _LINK_MARKUP.search(written) and not _LINK_MARKUP.search(act.page_text):
        return [Reason("link", 100, "The code of a link.")]
    return []


def links_in(text: str) -> list[str]:
    """What looks like the address of a page, as it is written."""
    return [link.rstrip(".,;:!?") for link in _LINK.findall(text)]


def _own(link: str, origins: Sequence[str]) -> bool:
    address = link if "://" in link else f"https://{link}"
    try:
        return origin_allowed(origin_of(address), origins)
    except AddressError:
        return False


def _other_script(act: Act) -> list[Reason]:
    for what, text in (("comment", act.comment), ("correction", act.suggestion)):
        if text.isascii() and len(text) < MIN_LETTERS:
            continue
        own_words = _LINK.sub(" ", _QUOTED.sub(" ", text))
        counts = letters_by_script(own_words)
        total = sum(counts.values())
        if total < MIN_LETTERS:
            continue
        script, count = max(counts.items(), key=lambda item: item[1])
        if count >= DOMINANT * total and _is_foreign(script, act):
            words = f"The {what} is in {script.title()} script, the page is not."
            return [Reason("other-script", 100, words)]
    return []


def _is_foreign(script: str, act: Act) -> bool:
    """Whether neither the page nor the languages that are named are written in it."""
    if script in scripts_of_language(act.language) | scripts_of_language(act.site_language):
        return False
    around = letters_by_script(act.page_text)
    few = max(2, sum(around.values()) // 50)
    return bool(around) and around.get(script, 0) <= few


def _blocked(act: Act) -> list[Reason]:
    if not act.blocked_words and not act.blocked_urls:
        return []
    written = Words(folded(act.written))
    found = [
        Reason("blocked-word", 100, f"A blocked word: {_short(pattern)}")
        for pattern in act.blocked_words
        if written.fit(folded(pattern))
    ]
    addresses = [folded(address) for address in (act.page_url, *links_in(act.written))]
    return found + [
        Reason("blocked-address", 100, f"A blocked address: {_short(pattern)}")
        for pattern in act.blocked_urls
        if any(matches(folded(pattern), address) for address in addresses)
    ]


def _short(text: str) -> str:
    return text if len(text) <= MAX_REASON_TEXT else text[: MAX_REASON_TEXT - 1] + "…"
