"""Words as a search compares them: without case, accents and signs, the same on every database."""

from __future__ import annotations

import re
import unicodedata

from server.text.normalise import normalise

# Scripts that put no space between words: each letter is a word, and a search looks for them
# side by side.
_UNSPACED = re.compile(
    "([\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\U00020000-\U0003ffff])"
)
MAX_LENGTH = 200
MAX_WORDS = 12
# The last word of a search may be the beginning of one. Of fewer letters it would be that of
# half of all words.
MIN_BEGINNING = 3
# Of longer words the beginning counts: no index takes them whole.
MAX_WORD = 60

Phrase = tuple[str, ...]


class _Letters(dict[int, str | None]):
    """For ``str.translate``: a space for what is no part of a word, None for accents."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        kind = unicodedata.category(character)
        if unicodedata.combining(character):
            self[code] = None
        else:
            self[code] = character if kind[0] in "LNM" else " "
        return self[code]


_LETTERS = _Letters()


def phrases_of(text: str) -> list[Phrase]:
    """The words of a text, in order; each a phrase of one, or of several that stand together
    because their script parts no words."""
    caseless = unicodedata.normalize("NFKD", normalise(text).casefold())
    words = caseless.translate(_LETTERS).split()
    return [
        tuple(part[:MAX_WORD] for part in _UNSPACED.sub(r" \1 ", word).split()) for word in words
    ]


def searchable(text: str) -> str:
    """A text as it is stored for searching: its words, a space between each."""
    return " ".join(word for phrase in phrases_of(text) for word in phrase)


def wanted(search: str) -> list[Phrase]:
    """What somebody who typed this looks for; empty where it has no word."""
    return phrases_of(search[:MAX_LENGTH])[:MAX_WORDS]


def is_beginning(phrase: Phrase) -> bool:
    """Whether the last phrase of a search may be the beginning of a word."""
    return len(phrase) == 1 and len(phrase[0]) >= MIN_BEGINNING
