"""What hides is shown, and what belongs to a language stays."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.visible import MAX_OVERLAID, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a⟨U+0000⟩b"),
        ("a\x1b[31m", "a⟨U+001B⟩[31m"),
        ("a\rb", "a⟨U+000D⟩b"),
        ("a\x85b\x9f", "a⟨U+0085⟩b⟨U+009F⟩"),
        ("\u202egnp.exe", "⟨RLO⟩gnp.exe"),
        ("\u2067a\u2066b", "⟨RLI⟩a⟨LRI⟩b"),
        ("a\u200eb\u200fc\u061cd", "a⟨LRM⟩b⟨RLM⟩c⟨ALM⟩d"),
        ("pass\u200bword", "pass⟨ZWSP⟩word"),
        ("pass\u200dword", "pass⟨ZWJ⟩word"),
        ("pass\u200cword", "pass⟨ZWNJ⟩word"),
        ("soft\u00adhyphen", "soft⟨SHY⟩hyphen"),
        ("a\u2028b\u2029c", "a⟨LS⟩b⟨PS⟩c"),
        ("a\u3164b\u115f\u1160\uffa0", "a⟨HF⟩b⟨HCF⟩⟨HJF⟩⟨HHF⟩"),
        ("a\u2800b\ufeff\u2060", "a⟨BLANK⟩b⟨BOM⟩⟨WJ⟩"),
        ("a\ufe0fb", "a⟨VS16⟩b"),
        ("a\U000e0101", "a⟨U+E0101⟩"),
        ("a\U000e0041\U000e0042", "a⟨U+E0041⟩⟨U+E0042⟩"),
        ("\ufffcx\uffff", "⟨OBJ⟩x⟨U+FFFF⟩"),
    ],
    ids=ascii,
)
def test_hidden_characters_are_named(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain text, with\ttab\nand line",
        "naïve café, cafe\u0301, Việt Nam, vie\u0323\u0302t",
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 👍🏽",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "葛\U000e0100城",
        "עברית וערבית العربية",
        "한국어 日本語",
        "q\u0307\u0323",
    ],
    ids=ascii,
)
def test_what_belongs_to_a_language_or_an_emoji_stays(text: str) -> None:
    assert visible(text) == text


def test_a_flood_of_marks_is_cut_with_a_note() -> None:
    text = "Z" + "\u0300" * 40 + "a\u0301lgo"

    assert visible(text) == "Z" + "\u0300" * MAX_OVERLAID + "⟨+32 marks⟩" + "a\u0301lgo"


@given(st.text())
def test_nothing_that_steers_direction_is_left_and_twice_is_once(text: str) -> None:
    shown = visible(text)

    assert not re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", shown)
    assert not [c for c in shown if unicodedata.category(c) == "Cc" and c not in "\t\n"]
    assert visible(shown) == shown
