"""The order in which quotes stand in their page's text, as far as they tell.

No quote says where on its page it stands. But each holds the text around it, and where that of two
overlaps, they tell which comes first and how far it is; from one to the next whole passages come in
order. Between passages that have nothing in common, nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.text.place import Quote, place_of

# So many letters in a row stand in two quotes because these overlap, not because words are alike.
SHARED = 20


def passages(quotes: Sequence[Quote]) -> list[list[int]]:
    """The indexes of ``quotes``, those of one passage together and in the order of its text. A
    passage comes where the first of its quotes stands in ``quotes``."""
    places = [place_of(quote) for quote in quotes]
    ruler = _Ruler(len(places))
    for one, other, distance in _overlaps([place.text for place in places]):
        ruler.lay(one, other, distance)
    found: dict[int, list[tuple[int, int]]] = {}
    for index, place in enumerate(places):
        passage, start = ruler.read(index)
        found.setdefault(passage, []).append((start + place.hull[0], index))
    together = [[index for _, index in sorted(members)] for members in found.values()]
    return sorted(together, key=min)


def _overlaps(texts: Sequence[str]) -> list[tuple[int, int, int]]:
    """Of each two texts that share letters: their indexes, and how far behind the first text's
    beginning the second's is."""
    seen: dict[str, tuple[int, int]] = {}
    found = []
    for index, text in enumerate(texts):
        own: dict[str, int] = {}
        for at in range(len(text) - SHARED + 1):
            own.setdefault(text[at : at + SHARED], at)
        met = set()
        for letters, at in own.items():
            other, where = seen.setdefault(letters, (index, at))
            if other != index and other not in met:
                met.add(other)
                found.append((other, index, where - at))
    return found


class _Ruler:
    """Texts laid along each other: disjoint sets whose members know their place in them."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))
        self._start = [0] * count

    def read(self, index: int) -> tuple[int, int]:
        """The passage of a text, and where in it the text begins."""
        start = 0
        while self._parent[index] != index:
            start += self._start[index]
            index = self._parent[index]
        return index, start

    def lay(self, one: int, other: int, distance: int) -> None:
        """``other`` begins so far behind ``one``; what is laid already stays where it is."""
        (first, start), (second, its_start) = self.read(one), self.read(other)
        if first != second:
            self._parent[second] = first
            self._start[second] = start + distance - its_start
