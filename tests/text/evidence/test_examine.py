"""All findings together, with a dictionary made for the test, and for any text at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.text.evidence import BASE, LIKELY, POSSIBLE, Finding, Reported, examine, score_of
from server.text.evidence.score import level_of
from server.text.evidence.weights import WEIGHTS

TABLE = Path(__file__).parents[3] / "docs" / "evidence.md"


class WordList:
    """A dictionary of a few words. Counts what it is asked."""

    def __init__(self, words: str, **suggestions: list[str]) -> None:
        self.words = set(words.split())
        self.offers = suggestions
        self.suggested: list[str] = []

    def known(self, words: Sequence[str]) -> list[bool | None]:
        return [
            word in self.words or (word.istitle() and word.lower() in self.words) for word in words
        ]

    def suggestions(self, word: str) -> list[str]:
        self.suggested.append(word)
        return self.offers.get(word, [])


class Silent(WordList):
    """One whose alphabet has none of the words."""

    def known(self, words: Sequence[str]) -> list[bool | None]:
        return [None for _ in words]


ENGLISH = WordList(
    "the government said it receive a lot Michael Kier then than their there well known eau",
    goverment=["government", "governments"],
    recieve=["receive", "relieve"],
    Micheal=["Michael"],
    Keir=["Kier"],
    alot=["a lot"],
    doomscrolling=["doom scrolling"],
    THe=["The", "the"],
    unkn0wn=["unknown"],
)


def kinds(findings: list[Finding]) -> set[str]:
    return {finding.kind for finding in findings}


def found(exact: str, suggestion: str = "", **changes: object) -> set[str]:
    reported = Reported(
        before="it ", exact=exact, after=" said", suggestion=suggestion, language="en"
    )
    return kinds(examine(replace(reported, **changes), ENGLISH))


@pytest.mark.parametrize(
    ("exact", "suggestion", "expected"),
    [
        ("goverment", "", {"unknown-near"}),
        (
            "goverment",
            "government",
            {"unknown-near", "becomes-known", "dictionary-agrees", "small-change"},
        ),
        ("kombucha", "", {"unknown"}),
        ("Micheal", "", {"unknown-name"}),
        ("Keir", "Kerr", {"unknown-name", "stays-unknown", "small-change"}),
        ("government", "", {"known"}),
        ("government", "goverment", {"known", "becomes-unknown", "small-change"}),
        ("then", "than", {"known", "stays-known", "small-change"}),
        ("then", "then", {"no-change"}),
        ("alot", "", {"unknown-run-together"}),
        ("doomscrolling", "", {"unknown-compound"}),
        ("THe", "", {"unknown-capitals"}),
        ("eBay", "", {"unknown-name"}),
        ("NATO", "", {"unknown-name"}),
        ("well-known", "", {"known"}),
        ("government's", "", {"known"}),
        ("government’s", "", {"known"}),
        ("1990s", "", set()),
        ("example.org", "", set()),
        ("government said it", "a lot then", {"known", "stays-known", "rewritten"}),
    ],
)
def test_findings(exact: str, suggestion: str, expected: set[str]) -> None:
    assert found(exact, suggestion) == expected


def test_only_the_words_that_change_are_looked_at() -> None:
    assert "unknown" not in found("kombucha goverment", "kombucha government")


def test_a_strange_word_that_stands_twice_is_meant() -> None:
    assert "unknown-again" in found("kombucha", after=" and kombucha")


def test_an_elision_is_no_strange_word() -> None:
    assert found("l'eau", language="fr") == {"known"}


def test_english_words_are_known_in_other_languages() -> None:
    reported = Reported(exact="government", language="de")

    assert "unknown-english" in kinds(examine(reported, WordList("die"), ENGLISH))


def test_readers_add_up_to_a_limit() -> None:
    def weight(readers: int) -> int:
        reported = Reported(exact="then", language="en", readers=readers)
        return sum(f.weight for f in examine(reported, ENGLISH) if f.kind == "readers")

    assert [weight(readers) for readers in (1, 2, 3, 4, 400)] == [0, 8, 16, 24, 24]


def test_without_a_dictionary_the_text_still_speaks() -> None:
    reported = Reported(before="on ", exact="the the", after=" hill", language="tlh")

    assert kinds(examine(reported, None)) == {"repeated", "no-dictionary"}


def test_a_dictionary_of_another_alphabet_says_nothing() -> None:
    reported = Reported(exact="слово", language="en")

    assert kinds(examine(reported, Silent(""))) == {"not-checked"}


def test_a_paragraph_costs_few_suggestions() -> None:
    dictionary = WordList("")

    examine(Reported(exact="strange " * 120, language="en"), dictionary)

    assert len(dictionary.suggested) <= 2


def test_levels_have_words() -> None:
    assert [level_of(score) for score in (100, LIKELY, LIKELY - 1, POSSIBLE, POSSIBLE - 1)] == [
        "likely",
        "likely",
        "possible",
        "possible",
        "unclear",
    ]
    assert level_of(BASE) == "possible"


def test_the_documented_weights_are_the_true_ones() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| ([+−]?\d+)", TABLE.read_text(), re.MULTILINE)

    documented = {kind: int(points.replace("−", "-")) for kind, points in rows}
    assert documented == {kind: points for kind, (points, _) in WEIGHTS.items()}


LETTERS = st.sampled_from("aA е Еα.,;:!?()[]'’-\u200d\u202e\u0301\x00\t 1@/#ñ語👨")
TEXTS = st.one_of(st.text(max_size=120), st.text(LETTERS, max_size=120))


@settings(max_examples=200)
@given(TEXTS, TEXTS, TEXTS, TEXTS, st.sampled_from(["", "en", "fr", "zh", "x!", "ru-RU"]))
def test_any_text_can_be_examined_and_gives_the_same_twice(
    before: str, exact: str, after: str, suggestion: str, language: str
) -> None:
    reported = Reported(
        before=before, exact=exact, after=after, suggestion=suggestion, language=language
    )

    findings = examine(reported, ENGLISH, ENGLISH)

    assert findings == examine(reported, ENGLISH, ENGLISH)
    assert 0 <= score_of(findings) <= 100
    assert all(finding.words and "\u202e" not in finding.words for finding in findings)
