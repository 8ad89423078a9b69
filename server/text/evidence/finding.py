"""What is examined, and what is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.text.visible import visible

# A sentence for editors quotes words, not paragraphs.
MAX_QUOTED = 40
MARKS = "“%s”"
# A number, and the tag of a language, are no quotations.
_BARE = ("readers", "language")


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What a reader reported: the sentence is ``before + exact + after``.

    ``language``: BCP 47, empty where unknown. ``suggestion``: what should stand in place of
    ``exact``; empty where the reader gave none.
    """

    before: str = ""
    exact: str
    after: str = ""
    suggestion: str = ""
    language: str = ""
    readers: int = 1

    @property
    def text(self) -> str:
        return self.before + self.exact + self.after

    @property
    def start(self) -> int:
        return len(self.before)

    @property
    def end(self) -> int:
        return len(self.before) + len(self.exact)

    @property
    def base_language(self) -> str:
        """The primary language subtag in lower case: ``pt`` of ``pt-BR``."""
        return self.language.replace("_", "-").partition("-")[0].strip().lower()


@dataclass(frozen=True)
class Finding:
    """One piece of evidence.

    ``weight``: points, positive for a mistake and negative against one. ``sentence``: what was
    found, in English, with ``%(role)s`` for what it quotes. ``label``: the same in two or three
    words, for a row of the queue. ``detail``: the words of the text that it quotes, by their role.
    """

    kind: str
    weight: int
    sentence: str
    label: str = ""
    detail: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """An English sentence for editors."""
        return self.sentence % quotations(self.detail)

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "kind": self.kind,
            "weight": self.weight,
            "words": self.words,
            "sentence": self.sentence,
            "label": self.label,
            "detail": self.detail,
        }


def translatable(sentence: str) -> str:
    """Marks a sentence for the catalogues of translations."""
    return sentence


def quotations(detail: Mapping[str, str], marks: str = MARKS) -> dict[str, str]:
    """What a finding's sentence is filled with; ``marks``: quotation marks, with ``%s`` between."""
    return {
        role: words if role in _BARE else quoted(words, marks) for role, words in detail.items()
    }


def quoted(text: str, marks: str = MARKS) -> str:
    """A reader's words in a sentence of ours: short, and with hidden characters shown."""
    shown = visible(text.strip() or text.replace(" ", "␣"))
    return marks % (shown if len(shown) <= MAX_QUOTED else shown[: MAX_QUOTED - 1] + "…")
