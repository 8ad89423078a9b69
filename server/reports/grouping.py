"""Which of a page's reports a submission belongs to. The rules are in docs/grouping.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from server.text.place import Place, likeness, same_place

# The candidates are looked at in their order until they have so many letters in all: a hundred
# ordinary reports. Somebody who fills a page with the longest that are allowed gains nothing.
MAX_LETTERS = 20_000
# Letters of which some must occur, before two quotes are compared in earnest.
_PROBE = 10
# A selection without a suggestion is clearer than another if it is at most so much of it.
_CLEARER = 0.5

Key = TypeVar("Key")


def nearest(place: Place, candidates: Iterable[tuple[Key, Place]]) -> Key | None:
    """The candidate that names the same mistake, the most alike if several do; None if none does.

    None also for a selection that holds several reported mistakes and does not say which it means.
    """
    found = []
    left = MAX_LETTERS
    for key, other in candidates:
        left -= len(other.text)
        if left < 0:
            break
        if not _has_letters_in_common(place, other):
            continue
        if alike := likeness(place, other):
            found.append((alike, key, other))
    if not found:
        return None
    alike, key, closest = max(found, key=lambda match: match[0])
    undecided = place.vague and alike < 1 and _length(closest) < _length(place)
    if undecided and not all(same_place(closest, other) for _, _, other in found):
        return None
    return key


def is_clearer(new: Place, shown: Place) -> bool:
    """Whether a quote says better than the one that is shown what is wrong: it has a suggestion
    that the other lacks, or neither has, and it is much shorter."""
    if not shown.vague:
        return False
    return not new.vague or _length(new) <= _CLEARER * _length(shown)


def _length(place: Place) -> int:
    start, end = place.hull
    return end - start


def _has_letters_in_common(place: Place, other: Place) -> bool:
    """Cheap, and true wherever :func:`likeness` is above 0."""
    start, end = place.hull
    probes = (
        place.text[max(0, start - _PROBE) : start],
        place.text[start : min(end, start + _PROBE)],
        place.text[end : end + _PROBE],
    )
    if any(probe in other.text for probe in probes if probe):
        return True
    start, end = other.hull
    return other.text[start:end] in place.text
