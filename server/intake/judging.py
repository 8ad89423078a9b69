"""Whether a submission is spam, by what it says and by what its sender sent before.

What came before is counted where limits are (:mod:`server.intake.limits`): the database is asked
nothing, so that judging costs an honest reader nothing either.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from limits import RateLimitItem, parse

from server.config import Settings
from server.intake.limits import Counters, once_in
from server.intake.site_cache import KnownSite
from server.reports.submission import NewSubmission
from server.text.glob import folded
from server.text.spam import (
    Act,
    Reason,
    flooded_page,
    is_spam,
    many_pages,
    repeated_text,
    signs,
)

# A shorter text may be the same by chance.
MIN_REPEATED = 12


class Judge:
    """Judges by the settings and by what was counted."""

    def __init__(self, settings: Settings, counters: Counters) -> None:
        self._settings = settings
        self._counters = counters

    def reasons_for_spam(
        self, site: KnownSite, new: NewSubmission, data: dict[str, Any]
    ) -> tuple[Reason, ...]:
        """Why this is spam, heaviest first; empty where it is not. ``data``: the loaded schema."""
        found = [*signs(_act(site, new, data)), *self._pages(new), *self._repetition(site, new)]
        if not is_spam(found):
            # Spam uses up nothing of what a page may get.
            found += self._flooded_page(new)
        if not is_spam(found):
            return ()
        return tuple(sorted(found, key=lambda reason: -reason.weight))

    def _pages(self, new: NewSubmission) -> list[Reason]:
        """More pages than anybody reads, also where reports that waited for a connection come at
        once."""
        if new.reader_hash is None:
            return []
        item = _item(self._settings.spam_pages)
        who, page = new.reader_hash.hex(), new.url_hash.hex()
        if not self._counters.more_than(item, "pages", who, page):
            return []
        return [many_pages(item.amount, item.get_expiry())]

    def _repetition(self, site: KnownSite, new: NewSubmission) -> list[Reason]:
        """A comment at many places, or one correction of many different words. From whomever: such
        texts come from many networks. A proofreader may well say the same of several places."""
        text, place = folded(new.comment).strip(), f"{new.url}\n{new.exact}"
        if not text:
            text, place = folded(new.suggestion).strip(), new.exact
        if len(text) < MIN_REPEATED or text == folded(new.exact).strip():
            return []
        item = _item(self._settings.spam_places)
        said, where = f"{site.key}/{_short_hash(text)}", _short_hash(place)
        if not self._counters.more_than(item, "text", said, where):
            return []
        return [repeated_text(item.amount, item.get_expiry())]

    def _flooded_page(self, new: NewSubmission) -> list[Reason]:
        """More places of one page than honest readers find, from whomever. A place that was within
        the number stays so: who else reports it is heard."""
        item = _item(self._settings.spam_page_places)
        page, place = f"{new.site_id}/{new.url_hash.hex()}", new.place_hash.hex()
        once = once_in(item)
        if not self._counters.allows(once, "place", page, place):
            return []
        if not self._counters.hit(item, "page", page):
            return [flooded_page(item.amount, item.get_expiry())]
        self._counters.hit(once, "place", page, place)
        return []


def _act(site: KnownSite, new: NewSubmission, data: dict[str, Any]) -> Act:
    page_text = (new.page_title, new.before, new.prefix, new.exact, new.suffix, new.after)
    return Act(
        exact=new.exact,
        suggestion=new.suggestion,
        comment=new.comment,
        page_text="\n".join(page_text),
        page_url=new.page_url,
        language=new.language,
        site_language=site.language,
        origins=site.origins,
        website=data.get("website") or "",
        elapsed_ms=data.get("elapsed_ms"),
        links_allowed=site.links_allowed,
        blocked_words=site.blocked_words,
        blocked_urls=site.blocked_urls,
    )


@lru_cache(maxsize=16)
def _item(rule: str) -> RateLimitItem:
    return parse(rule)


def _short_hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
