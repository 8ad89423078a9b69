"""Distances in letters as people see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.distance import distance, edit_kind, graphemes


@pytest.mark.parametrize(
    ("old", "new", "letters"),
    [
        ("recieve", "receive", 1),
        ("goverment", "government", 1),
        ("same", "same", 0),
        ("", "abc", 3),
        ("cafe\u0301", "café", 0),
        ("हिन्दी", "हिन्दि", 1),
        ("👨‍👩‍👧", "👨‍👩‍👦", 1),
        ("kitten", "sitting", 3),
        ("a" * 1000, "b" * 1000, 1000),
        ("x" + "a" * 1000, "y" + "a" * 1000, 1),
    ],
)
def test_distance_counts_letters(old: str, new: str, letters: int) -> None:
    assert distance(old, new) == letters


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("recieve", "receive", "swapped"),
        ("occured", "occurred", "doubled"),
        ("goverment", "government", "missing"),
        ("thee", "the", "doubled"),
        ("tree", "trees", "missing"),
        ("ammount", "amount", "doubled"),
        ("definately", "definitely", "changed"),
        ("cafe", "café", "accent"),
        ("the", "The", "case"),
        ("the", "the", "same"),
        ("cat", "dog", None),
    ],
)
def test_one_slip_has_a_name(old: str, new: str, kind: str | None) -> None:
    assert edit_kind(old, new) == kind


@given(st.text(max_size=60), st.text(max_size=60))
def test_distance_is_symmetric_and_bounded(old: str, new: str) -> None:
    apart = distance(old, new)

    assert apart == distance(new, old)
    assert apart <= max(len(graphemes(old)), len(graphemes(new)))
