"""What a search takes for the same word."""

from __future__ import annotations

import pytest

from server.text.words import MAX_WORD, MAX_WORDS, phrases_of, searchable, wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Café", "the cafe"),
        ("Ёлка", "елка"),
        ("l’été—«ici»", "l ete ici"),
        ("e-mail foo_bar C++", "e mail foo bar c"),
        ("ﬁne STRASSE Straße", "fine strasse strasse"),
        ("par\u00adtic\u200bular", "particular"),
        ("日本語 と", "日 本 語 と"),
        ("half a pair \ud800", "half a pair"),
        ("", ""),
        ("*\"'():^-", ""),
    ],
)
def test_words_are_compared_without_case_accents_and_signs(text: str, words: str) -> None:
    assert searchable(text) == words


def test_a_script_without_spaces_is_looked_for_side_by_side() -> None:
    assert phrases_of("東京 news") == [("東", "京"), ("news",)]


def test_a_search_is_never_longer_than_the_database_takes() -> None:
    assert wanted("a" * 10_000) == [("a" * MAX_WORD,)]
    assert len(wanted("a b " * 100)) == MAX_WORDS
