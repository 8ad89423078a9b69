"""Patterns of block lists: plain text in which ``*`` stands for anything.

``?`` stands for itself, as addresses have it; in rules (:mod:`server.text.matching`) it is one
character. Neither can become the other without changing what the patterns mean that owners have.
No regular expressions: one that is written without care takes for ever on a text made for it.
"""

from __future__ import annotations

import re
import unicodedata

from server.text.normalise import normalise

_NO_WORD = re.compile(r"[\W_]+")


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern, in time proportional to their lengths."""
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    *middle, last = others
    if not text.startswith(first) or len(text) < len(first) + len(last):
        return False
    place, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return text.endswith(last)


def folded(text: str) -> str:
    """A text as patterns are compared with it: without case, width and hidden characters."""
    if text.isascii():
        return normalise(text).lower()
    return unicodedata.normalize("NFKC", normalise(text)).casefold()


class Words:
    """The words of a text, split once, however many patterns they are compared with. The text and
    the patterns are :func:`folded`."""

    def __init__(self, text: str) -> None:
        words = _NO_WORD.sub(" ", text).split()
        self._in_a_row = f" {' '.join(words)} "
        self._different = frozenset(words)

    def fit(self, pattern: str) -> bool:
        """Whether a word, or several in a row, fit. ``casino`` fits the word alone, ``casino*``
        what begins with it, ``*casino*`` what contains it."""
        if "*" not in pattern:
            return f" {' '.join(_NO_WORD.sub(' ', pattern).split())} " in self._in_a_row
        if not all(part in self._in_a_row for part in pattern.split("*")):
            return False
        return any(matches(pattern, word) for word in self._different)
