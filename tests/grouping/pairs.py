"""The labelled pairs of quotes, and how many of them the grouping judges right.

Print precision and recall: python tests/grouping/pairs.py [--wrong]

The pairs are in ``tuned.txt``, by which the rules were tuned, and ``held-out.txt``, which was
written before that and not looked at. A page begins with ``#``, then its blocks follow, one a line.
``~`` begins a pair, with its category and label; then come its two quotes, each as what is
selected (``#2``: its second occurrence), ``> suggestion``, and what differs for this reader,
separated by ``|``: ``old => new`` changes the page, ``nfd`` decomposes it, ``prefix 5`` and
``suffix 5`` keep less context, ``passage none`` sends no sentence.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from server.text.place import Quote, place_of, same_place

SETS = ("tuned", "held-out")
CONTEXT, MOST_CONTEXT = 32, 500
_SENTENCE = re.compile(r".+?(?:[.!?…।][\"'”’»“)]*(?=\s|$)|[。！？]|$)\s*", re.DOTALL)


@dataclass(frozen=True)
class Pair:
    number: int
    page: str
    category: str
    same: bool
    one: Quote
    other: Quote

    @property
    def judged_same(self) -> bool:
        return same_place(place_of(self.one), place_of(self.other))

    @property
    def swapped(self) -> Pair:
        return replace(self, one=self.other, other=self.one)

    @property
    def name(self) -> str:
        return f"{self.page} {self.number} {self.category}"


def pairs_of(name: str) -> list[Pair]:
    text = (Path(__file__).parent / f"{name}.txt").read_text()
    return [pair for page in text.split("\n# ")[0:] for pair in _pairs_of_page(page.lstrip("# "))]


def _pairs_of_page(text: str) -> Iterator[Pair]:
    head, *pairs = text.strip().split("\n~ ")
    title, *blocks = head.splitlines()
    for number, lines in enumerate(pairs, 1):
        labels, one, other = lines.splitlines()
        category, label = labels.split()
        assert label in ("same", "different"), labels
        yield Pair(
            number, title, category, label == "same", quote_of(blocks, one), quote_of(blocks, other)
        )


def quote_of(blocks: list[str], line: str) -> Quote:
    """What the widget would send for a selection on a page."""
    what, *changes = line.split(" | ")
    selected, _, suggestion = what.partition(" > ")
    selected, _, number = selected.partition(" #")
    limits = {"prefix": MOST_CONTEXT, "suffix": MOST_CONTEXT}
    passage = True
    for written in changes:
        change = re.sub(r"\\u(....)", lambda match: chr(int(match[1], 16)), written)
        old, arrow, new = change.partition(" => ")
        if arrow:
            assert any(old in block for block in blocks), line
            blocks = [block.replace(old, new) for block in blocks]
            selected = selected.replace(old, new)
        elif change == "nfd":
            blocks = [unicodedata.normalize("NFD", block) for block in blocks]
            selected = unicodedata.normalize("NFD", selected)
        elif change == "passage none":
            passage = False
        else:
            side, length = change.split()
            limits[side] = int(length)
    block, at = _found(blocks, selected, int(number or 1), line)
    before = " ".join([*blocks[:block], blocks[block][:at]])
    after = " ".join([blocks[block][at + len(selected) :], *blocks[block + 1 :]])
    prefix, suffix = _surroundings(before.lstrip(), selected, after.rstrip())
    sentence = _sentence(blocks[block], at, at + len(selected)) if passage else ("", "")
    return Quote(
        exact=selected,
        prefix=prefix[max(0, len(prefix) - limits["prefix"]) :],
        suffix=suffix[: limits["suffix"]],
        before=sentence[0],
        after=sentence[1],
        suggestion=suggestion,
    )


def _found(blocks: list[str], selected: str, number: int, line: str) -> tuple[int, int]:
    """Block and offset: where words begin, or where nothing is found so, anywhere."""
    for boundary in (r"(?<!\w)", ""):
        places = [
            (index, match.start())
            for index, block in enumerate(blocks)
            for match in re.finditer(f"(?={boundary}{re.escape(selected)})", block)
        ]
        if places:
            break
    assert len(places) >= number, f"not on its page: {line}"
    return places[number - 1]


def _surroundings(before: str, exact: str, after: str) -> tuple[str, str]:
    """As in ``widget/src/text/index.ts``: as much as makes the quote unique."""
    text = before + exact + after
    count = CONTEXT
    while True:
        prefix, suffix = _clip(before, count, last=True), _clip(after, count, last=False)
        if count == MOST_CONTEXT or text.count(prefix + exact + suffix) == 1:
            return prefix, suffix
        count = min(MOST_CONTEXT, count * 2)


def _clip(text: str, count: int, *, last: bool) -> str:
    """Without half a word at the cut, where words have spaces between them."""
    if len(text) <= count:
        return text
    if last:
        return (
            re.sub(r"^\S{1,15}\s", "", text[-count:]) if text[-count - 1] != " " else text[-count:]
        )
    return re.sub(r"\s\S{1,15}$", "", text[:count]) if text[count] != " " else text[:count]


def _sentence(block: str, start: int, end: int) -> tuple[str, str]:
    spans = [match.span() for match in _SENTENCE.finditer(block) if match[0]]
    first = max((a for a, _ in spans if a <= start), default=0)
    last = min((b for _, b in spans if b >= end), default=len(block))
    return block[first:start].lstrip(), block[end:last].rstrip()


def precision_and_recall(pairs: Iterable[Pair]) -> tuple[float, float]:
    """Of joining: how many of what it joins is the same, how much of what is the same it joins."""
    judged = [(pair.same, pair.judged_same) for pair in pairs]
    right = judged.count((True, True))
    joined = right + judged.count((False, True))
    same = right + judged.count((True, False))
    return right / joined if joined else 1.0, right / same if same else 1.0


def main() -> None:
    sets = {name: pairs_of(name) for name in SETS}
    sets["all"] = [pair for pairs in sets.values() for pair in pairs]
    by_category = defaultdict(list)
    for pair in sets["all"]:
        by_category[pair.category].append(pair)
    print(f"{'':24}{'pairs':>6}{'same':>6}{'right':>7}{'precision':>11}{'recall':>8}")
    for name, pairs in [*sorted(by_category.items()), *sets.items()]:
        precision, recall = precision_and_recall(pairs)
        right = sum(pair.judged_same == pair.same for pair in pairs)
        same = sum(pair.same for pair in pairs)
        print(f"{name:24}{len(pairs):6}{same:6}{right:7}{precision:11.3f}{recall:8.3f}")
    print(f"\n{len({pair.page.split()[0] for pair in sets['all']})} languages")
    if "--wrong" in sys.argv:
        chosen = sys.argv[-1] if sys.argv[-1] in sets else "tuned"
        for pair in sets[chosen]:
            if pair.judged_same != pair.same:
                print(f"\n{pair.name}: labelled {'same' if pair.same else 'different'}")
                print(f"  {pair.one}\n  {pair.other}")


if __name__ == "__main__":
    main()
