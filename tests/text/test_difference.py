"""The correction as an editor reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.difference import Part, difference, shown_difference
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
        (
            "dogs' well-known",
            "dogs’ well-known",
            [("same", "dogs"), ("removed", "'"), ("added", "’"), ("same", " well-known")],
        ),
    ],
)
def test_parts_are_whole_words(old: str, new: str, parts: list[Part]) -> None:
    assert difference(old, new) == parts


def test_neighbouring_changes_are_one() -> None:
    assert difference("teh cta sat", "the cat sat") == [
        ("removed", "teh cta"),
        ("added", "the cat"),
        ("same", " sat"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("コンピュタ", "コンピュータ", [("same", "コンピュ"), ("added", "ー"), ("same", "タ")]),
        ("我门去", "我们去", [("same", "我"), ("removed", "门"), ("added", "们"), ("same", "去")]),
        ("ภาษาไทยย", "ภาษาไทย", [("same", "ภาษาไทย"), ("removed", "ย")]),
    ],
)
def test_scripts_without_spaces_differ_by_character(old: str, new: str, parts: list[Part]) -> None:
    assert difference(old, new) == parts


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("हिन्दि", "हिन्दी"),  # vowel signs
        ("שָׁלוֹם", "שלום"),  # points
        ("می\u200cخواهم", "میخواهم"),  # a joiner
        ("cafe\u0301", "cafe\u0300"),  # accents
        ("👩\u200d🚀", "👩🏽\u200d🚀"),  # an emoji of several
        ("🇩🇪", "🇫🇷"),
        ("か\u3099", "か"),
    ],
)
def test_characters_are_not_parted_from_what_belongs_to_them(old: str, new: str) -> None:
    assert difference(old, new) == [("removed", old), ("added", new)]


def test_spaces_and_hidden_characters_that_change_are_shown() -> None:
    assert shown_difference("a  b\u202e", "a b") == [
        ("same", "a"),
        ("removed", "␣␣"),
        ("added", "␣"),
        ("same", "b"),
        ("removed", "⟨RLO⟩"),
    ]


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
