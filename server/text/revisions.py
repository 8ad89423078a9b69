"""Positions that were counted in several texts of one page, as if they had been counted in one.

Editors correct, add and take away while reports come in. What two texts have in common stands at
another position in each; between two such anchors the rest of the older text is moved with them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

# By text, the newest first: where in it each passage begins, in characters.
Begins = dict[int, dict[int, float]]
_Anchor = tuple[float, float]


def laid_out(begins: Begins) -> dict[int, float]:
    """Where each passage begins in the newest text, as far as the texts tell. Where two have
    nothing in common, they are taken to be alike."""
    found: dict[int, float] = {}
    for text in begins.values():
        anchors = _in_order([(at, found[it]) for it, at in text.items() if it in found])
        found |= {it: _moved(at, anchors) for it, at in text.items() if it not in found}
    return found


def _moved(at: float, anchors: Sequence[_Anchor]) -> float:
    """A position of the older text in the newer one: between two anchors in proportion, behind the
    last as far from it as it was."""
    # Both begin where the page's main part does; what stands before that is not moved by theirs.
    if at <= 0 or not anchors:
        return at
    known = anchors if anchors[0][0] <= 0 else [(0.0, 0.0), *anchors]
    behind = bisect_right(known, (at, float("inf")))
    (old, new), following = known[behind - 1], known[behind : behind + 1]
    stretch = (following[0][1] - new) / (following[0][0] - old) if following else 1.0
    return new + (at - old) * stretch


def _in_order(anchors: Sequence[_Anchor]) -> list[_Anchor]:
    """As many anchors as stand in one order in both texts: a paragraph that was moved is none."""
    chains: list[list[_Anchor]] = []
    for anchor in sorted(anchors):
        # The shortest chain's end that this one cannot follow is replaced by it.
        length = bisect_left([chain[-1][1] for chain in chains], anchor[1])
        chains[length : length + 1] = [[*(chains[length - 1] if length else []), anchor]]
    return chains[-1] if chains else []
