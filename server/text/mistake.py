"""Where in a selection the mistake is: what the reader's suggestion changes."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import accumulate

from rapidfuzz.distance import Indel

from server.text.difference import tokens_of
from server.text.fold import fold

# From where to where, end excluded; equal where something is missing between two letters.
Span = tuple[int, int]

# A longer rewriting is one mistake: comparing its words takes long and says little.
MAX_COMPARED = 80
# A suggestion that keeps less of the selection and is at most half as long is meant for a part.
PART_KEPT = 0.5
PART_SIMILARITY = 0.6
MAX_PART = 12

# Readers type the quotes and dashes that their keyboards have.
_TYPED = str.maketrans("“”„‟«»‘’‚‛‹›״׳‐‑‒–—―", '"' * 6 + "'" * 6 + "\"'" + "-" * 6)


def mistakes(exact: str, suggestion: str) -> list[Span]:
    """The parts of ``exact`` that ``suggestion`` changes, as spans of its folded form.

    Whole words, or single characters of scripts without spaces. Empty where the suggestion does
    not say: it is missing, changes nothing, or has nothing in common with the selection.
    Both texts are normalised.
    """
    if not suggestion or suggestion == exact:
        return []
    old, new = tokens_of(exact.translate(_TYPED)), tokens_of(suggestion.translate(_TYPED))
    spans = _changed(old, new)
    if not spans:
        old, new = tokens_of(exact), tokens_of(suggestion)
        spans = _changed(old, new)
    changed = sum(len("".join(old[start:end]).strip()) for start, end in spans)
    if len(new) <= min(MAX_PART, len(old) / 2) and 1 - changed / len(exact) < PART_KEPT:
        spans = _meant(old, new)
    ends = [0, *accumulate(map(len, old))]
    return sorted(
        {(_folded(exact, ends[start]), _folded(exact, ends[end])) for start, end in spans}
    )


def _folded(text: str, length: int) -> int:
    return len(fold(text[:length]))


def _changed(old: list[str], new: list[str]) -> list[Span]:
    """Spans of old tokens."""
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    before, after = old[first : len(old) - last], new[first : len(new) - last]
    if not before and not after:
        return []
    longest = max(len(before), len(after))
    if min(len(before), len(after)) <= 1 or longest > MAX_COMPARED:
        return [_slid(old, first, len(old) - last) if not after else (first, len(old) - last)]
    operations = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    return [
        _slid(old, first + start, first + end)
        for kind, start, end, _, _ in operations
        if kind != "equal"
    ]


def _slid(old: list[str], start: int, end: int) -> Span:
    """Of words that stand twice, either can be the one too many: both are the place."""
    length = end - start
    while length and start > 0 and old[start - 1] == old[start - 1 + length]:
        start -= 1
    while length and end < len(old) and old[end] == old[end - length]:
        end += 1
    return start, end


def _meant(old: list[str], new: list[str]) -> list[Span]:
    """The part of a selection that resembles a suggestion for a part; none if nothing does."""
    wanted = fold("".join(new))
    best = max(
        range(len(old) - len(new) + 1),
        key=lambda at: Indel.normalized_similarity(fold("".join(old[at : at + len(new)])), wanted),
    )
    found = fold("".join(old[best : best + len(new)]))
    if Indel.normalized_similarity(found, wanted) < PART_SIMILARITY:
        return []
    return [(best, best + len(new))]
