"""The correction as an editor reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.difference import Part, difference
from server.text.visible import visible


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("recieve", "receive", [("removed", "recieve"), ("added", "receive")]),
        (
            "the the visitors",
            "the visitors",
            [("removed", "the "), ("same", "the visitors")],
        ),
        ("a, b", "a; b", [("same", "a"), ("removed", ","), ("added", ";"), ("same", " b")]),
        ("gone", "", [("removed", "gone")]),
        ("same", "same", [("same", "same")]),
        ("а  б", "а б", [("same", "а"), ("removed", "  "), ("added", " "), ("same", "б")]),
    ],
)
def test_parts_are_whole_words(old: str, new: str, parts: list[Part]) -> None:
    assert difference(old, new) == parts


@given(st.text(max_size=60), st.text(max_size=60))
def test_parts_give_both_texts_back(old: str, new: str) -> None:
    parts = difference(old, new)

    assert "".join(text for kind, text in parts if kind != "added") == old
    assert "".join(text for kind, text in parts if kind != "removed") == new


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a⟨RLO⟩b"),
        ("a\u200bb", "a⟨ZWSP⟩b"),
        ("a\x07b", "a⟨U+0007⟩b"),
        ("a\U000e0041b", "a⟨U+E0041⟩b"),
        ("line\nline\ttab", "line\nline\ttab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_hidden_characters_become_visible(text: str, shown: str) -> None:
    assert visible(text) == shown
