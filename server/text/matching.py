"""Whether a report is one of those that a rule speaks of.

Its patterns are not those of block lists (:mod:`server.text.glob`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

# What stands between the names of several authors.
_BETWEEN_NAMES = re.compile(r"\s*[,;&|/]\s*|\s+and\s+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a rule can ask about a report. ``author`` and ``section`` are what the page declares;
    ``path`` begins with ``/``; ``evidence`` are kinds and labels of findings; ``score`` is None
    where it is not known yet."""

    author: str = ""
    section: str = ""
    path: str = "/"
    language: str = ""
    evidence: Sequence[str] = ()
    score: int | None = None


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """All that are given must hold. ``author``, ``section`` and ``path`` are patterns in which
    ``*`` stands for any text and ``?`` for one character; capitals do not count. ``language``
    ``pt`` is also ``pt-BR``."""

    author: str = ""
    section: str = ""
    path: str = ""
    language: str = ""
    evidence: str = ""
    min_score: int = 0

    @property
    def needs_evidence(self) -> bool:
        return bool(self.evidence or self.min_score)

    def hold(self, facts: Facts) -> bool:
        """Whether the report with these facts is meant."""
        return (
            (not self.author or any(_like(name, self.author) for name in names_in(facts.author)))
            and (not self.section or _like(facts.section, self.section))
            and (not self.path or _like(facts.path, self.path))
            and (not self.language or _speaks(facts.language, self.language))
            and (not self.evidence or self.evidence in facts.evidence)
            and (not self.min_score or (facts.score or 0) >= self.min_score)
        )


def comparable(text: str) -> str:
    """A text as it is compared: without regard to capitals, spaces and Unicode's spellings."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def names_in(author: str) -> list[str]:
    """What a page declares as its author, whole and, where it names several, each of them."""
    parts = [part for part in _BETWEEN_NAMES.split(author) if part]
    return list(dict.fromkeys([author, *parts])) if author.strip() else []


def _like(text: str, pattern: str) -> bool:
    # A bracket stands for itself: headings have them.
    return fnmatchcase(comparable(text), comparable(pattern).replace("[", "[[]"))


def _speaks(language: str, wanted: str) -> bool:
    tag, start = (each.replace("_", "-").lower() for each in (language, wanted))
    return tag == start or tag.startswith(f"{start}-")
