"""How often quotes of the same mistake are known as such, on the labelled pairs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from pairs import SETS, Pair, pairs_of, precision_and_recall

PAIRS = {name: pairs_of(name) for name in SETS}
ALL = [pair for pairs in PAIRS.values() for pair in pairs]


def test_pairs_are_many_and_of_many_kinds() -> None:
    assert len(ALL) >= 300
    assert len(PAIRS["held-out"]) >= len(ALL) / 3
    assert len({pair.page.split()[0] for pair in ALL}) >= 15, "languages"
    assert len({pair.category for pair in ALL}) >= 20
    assert 0.3 < sum(pair.same for pair in ALL) / len(ALL) < 0.7


@pytest.mark.parametrize("pairs", [*PAIRS.values(), ALL], ids=[*SETS, "all"])
def test_precision_and_recall_hold_the_bars(pairs: list[Pair]) -> None:
    precision, recall = precision_and_recall(pairs)

    assert precision >= 0.99, [p.name for p in pairs if p.judged_same and not p.same]
    assert recall >= 0.95, [p.name for p in pairs if p.same and not p.judged_same]


@pytest.mark.parametrize("pair", ALL, ids=[pair.name for pair in ALL])
def test_judgement_is_the_same_from_both_sides(pair: Pair) -> None:
    assert pair.judged_same == pair.swapped.judged_same
