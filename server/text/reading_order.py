"""The order in which quotes stand in their page's text.

Each quote holds the text around it. Where that of two overlaps, they tell which comes first and how
far it is, whatever became of the page meanwhile; from one to the next whole passages come in order.
How passages stand to each other is told by positions that widgets sent (:class:`Standing`). These
were counted in the text as each reader saw it: what is equal between two texts tells how far the
rest was moved by what editors did meanwhile (:mod:`server.text.revisions`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from server.text.fold import fold, plain
from server.text.place import Quote, place_of
from server.text.revisions import laid_out

# So many letters in a row stand in two quotes because these overlap, not because words are alike.
SHARED = 20
# Unless, in one text, they stand further apart than overlapping could mean, in characters beyond
# what their letters take: a line that is repeated, as "Read more".
APART = 400
# Characters of a text for each letter that names places: there are spaces between words.
PER_LETTER = 1.2


class Standing(NamedTuple):
    """Where a quote stood in one text of its page. ``quote``: its index. ``start``: characters
    from where the text begins to ``exact``, negative before it. ``text``: names the text; its
    length does."""

    quote: int
    start: int
    text: int


class Order(NamedTuple):
    """Passages, each a list of quotes' indexes in the order of the text. ``placed``: in the order
    of the page. ``unplaced``: whose place nothing tells, by the first of their quotes."""

    placed: list[list[int]]
    unplaced: list[list[int]]


def passages(quotes: Sequence[Quote], standings: Sequence[Standing] = ()) -> Order:
    """The passages of a page. ``standings``: the newest first, as many for a quote as are known."""
    places = [place_of(quote) for quote in quotes]
    begins = _begins(quotes, standings)
    by_quote = _by_quote(begins)
    ruler = _Ruler(len(places))
    for one, other, distance in _overlaps([place.text for place in places]):
        if not _apart(by_quote.get(one, {}), by_quote.get(other, {}), distance * PER_LETTER):
            ruler.lay(one, other, distance)
    found: dict[int, list[tuple[int, int]]] = {}
    for index, place in enumerate(places):
        passage, letters = ruler.read(index)
        found.setdefault(passage, []).append((letters + place.hull[0], index))
    where = laid_out({text: _of_passages(begin, ruler) for text, begin in begins.items()})
    placed = sorted((at + min(found[it])[0] * PER_LETTER, it) for it, at in where.items())
    # In the order of their first quotes.
    unplaced = [passage for passage in found if passage not in where]
    return Order(
        [[index for _, index in sorted(found[passage])] for _, passage in placed],
        [[index for _, index in sorted(found[passage])] for passage in unplaced],
    )


def _begins(quotes: Sequence[Quote], standings: Sequence[Standing]) -> dict[int, dict[int, float]]:
    """By text, the newest first: where in it what is known of each quote begins."""
    left = {
        index: max(len(fold(plain(each))) for each in (quotes[index].prefix, quotes[index].before))
        for index in {standing.quote for standing in standings}
    }
    found: dict[int, dict[int, float]] = {}
    for index, start, text in standings:
        found.setdefault(text, {}).setdefault(index, start - left[index] * PER_LETTER)
    return found


def _by_quote(begins: Mapping[int, Mapping[int, float]]) -> dict[int, dict[int, float]]:
    """The same by quote, and then by text."""
    found: dict[int, dict[int, float]] = {}
    for text, begin in begins.items():
        for index, at in begin.items():
            found.setdefault(index, {})[text] = at
    return found


def _of_passages(begin: Mapping[int, float], ruler: _Ruler) -> dict[int, float]:
    """Where in a text passages begin, by where their quotes do."""
    found: dict[int, float] = {}
    for index, at in begin.items():
        passage, letters = ruler.read(index)
        found.setdefault(passage, at - letters * PER_LETTER)
    return found


def _apart(one: Mapping[int, float], other: Mapping[int, float], distance: float) -> bool:
    """Whether some text held two quotes, which begin in each where these say, so far apart that
    they only look alike."""
    both = one.keys() & other.keys()
    return any(abs(other[text] - one[text] - distance) > APART for text in both)


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
