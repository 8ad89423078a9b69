"""What a view of the queue may be narrowed by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Filter:
    """All that are given must hold; a filter of which nothing is given lets everything through.

    ``page`` is an address; whatever names the same page finds it. ``author`` is a part of the
    name that pages declare; ``section`` a section that they declare, with those below it
    (``Sport``, ``Sport/Chess``), or the beginning of their addresses' path where it begins with
    a slash; ``language`` BCP 47, ``en`` for ``en-GB`` too. ``first_day`` and ``last_day`` are
    days on which a report was last submitted, in ``zone``, an IANA name; empty: UTC.
    ``min_score`` is 0 to 100. ``words``: see :mod:`server.text.words`.
    """

    site_id: int | None = None
    page: str = ""
    author: str = ""
    section: str = ""
    language: str = ""
    first_day: date | None = None
    last_day: date | None = None
    zone: str = ""
    min_readers: int = 1
    min_score: int = 0
    words: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything but a site is given."""
        return self != Filter(site_id=self.site_id)


EVERYTHING = Filter()
