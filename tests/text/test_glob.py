"""Patterns of block lists: plain text in which * stands for anything, and ? for itself."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.glob import Words, matches


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("*", "", True),
        ("a*a", "a", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
        ("a?", "ab", False),
        ("*/out?to=*", "https://pills.example/out?to=x", True),
        ("**", "anything", True),
    ],
)
def test_examples(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_it_agrees_with_the_shell_on_stars(pattern: str, text: str) -> None:
    assert matches(pattern, text) == fnmatchcase(text, pattern)


def test_a_pattern_of_stars_needs_no_patience() -> None:
    # Where a regular expression tries every way to cut the text, this goes through it once.
    assert not matches("*a" * 150 + "b", "a" * 30_000)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("casino", True),
        ("cas", False),
        ("online casino", True),
        ("casino online", False),
        ("cas*", True),
        ("*sin*", True),
        ("*on*no", False),
        ("e*c", False),
        ("*", True),
        ("", False),
    ],
)
def test_patterns_of_words(pattern: str, fits: bool) -> None:
    assert Words("the best online-casino, today").fit(pattern) is fits
