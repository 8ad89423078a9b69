"""How far two words are apart, as people count: in letters with their accents."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import OSA

EditKind = Literal["same", "accent", "case", "swapped", "doubled", "missing", "extra", "changed"]

# A word this long is like another by more than chance, where two letters differ.
LONG = 8
_ZWJ = "\u200d"


def graphemes(text: str) -> list[str]:
    """Letters with their marks, joined emoji as one (after UAX #29, near enough for words)."""
    clusters: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        joined = clusters and (
            unicodedata.category(character)[0] == "M"
            or character in "\u200c\u200d"
            or "\U0001f3fb" <= character <= "\U0001f3ff"
            or clusters[-1].endswith(_ZWJ)
        )
        if joined:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def distance(old: str, new: str) -> int:
    """Letters that must be added, removed, changed, or swapped with their neighbour (optimal
    string alignment)."""
    return OSA.distance(graphemes(old), graphemes(new))


def edit_kind(old: str, new: str) -> EditKind | None:
    """What one slip of the pen makes of ``new`` the ``old``; None where it takes more than one."""
    if old.casefold() == new.casefold():
        return "same" if old == new else "case"
    a, b = graphemes(old), graphemes(new)
    if len(a) == len(b) and all(_plain(x) == _plain(y) for x, y in zip(a, b, strict=True)):
        return "accent"
    if distance(old, new) != 1:
        return None
    return _one_edit(*_trimmed(a, b), graphemes(max(old, new, key=len)))


def _one_edit(removed: list[str], added: list[str], longer: list[str]) -> EditKind:
    if len(removed) == len(added):
        return "swapped" if len(removed) == 2 else "changed"
    letter = (removed or added)[0]
    if any(x == y == letter for x, y in pairwise(longer)):
        return "doubled"
    return "extra" if removed else "missing"


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0].casefold()


def _trimmed(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    """Without what both have in common at their beginnings and ends."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]
