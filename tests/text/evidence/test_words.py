"""Words, their shapes, and what a correction does to them."""

from __future__ import annotations

import pytest

from server.text.evidence.finding import Reported
from server.text.evidence.words import (
    correction_of,
    shape_of,
    technical_spans,
    touched,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("don't re-elect rock'n'roll", ["don't", "re-elect", "rock'n'roll"]),
        ("'quoted' – dash -", ["quoted", "dash"]),
        ("हिन्दी शब्द", ["हिन्दी", "शब्द"]),
        ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
        ("می\u200cشود", ["می\u200cشود"]),
        ("", []),
        (" . , ", []),
    ],
)
def test_words_keep_their_marks_and_inner_signs(text: str, words: list[str]) -> None:
    assert [word.text for word in words_of(text)] == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(4, 7, ["recieve"]), (4, 15, ["recieve", "letters"]), (10, 11, []), (0, 0, [])],
)
def test_a_selection_touches_whole_words(start: int, end: int, words: list[str]) -> None:
    text = "To recieve letters"

    assert [word.text for word in touched(text, start, end)] == words


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("said word", "plain"),
        ("said. Word", "start"),
        ("said: “Word", "start"),
        ("said Word", "name"),
        ("said NATO", "acronym"),
        ("said GOVERNMENT", "plain"),
        ("said eBay", "camel"),
        ("said McGill", "camel"),
        ("said Jean-Paul", "name"),
        ("said слово", "plain"),
    ],
)
def test_capitals_tell_names_from_words(text: str, shape: str) -> None:
    assert shape_of(words_of(text)[-1], text) == shape


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a?b",
        "www.example.org",
        "example.org/path",
        "desk@example.org",
        "@name",
        "#tag",
        "report.pdf",
    ],
)
def test_addresses_are_no_words(text: str) -> None:
    assert technical_spans(f"see {text} now") == [(4, 4 + len(text))]


@pytest.mark.parametrize(
    ("before", "exact", "after", "suggestion", "old", "new"),
    [
        ("We ", "recieve", " it", "receive", "recieve", "receive"),
        # A part of a word, corrected as a part and as a whole.
        ("We rec", "ie", "ve it", "ei", "recieve", "receive"),
        ("We rec", "ie", "ve it", "receive", "recieve", "receive"),
        ("We ", "rec", "ieve it", "rece", "recieve", "receieve"),
        ("", "alot of", " it", "a lot of", "alot of", "a lot of"),
        ("on ", "the the", " hill", "the", "the the", "the"),
        ("so", " ,", " he", ",", " ,", ","),
    ],
)
def test_a_correction_replaces_what_the_reader_meant(
    before: str, exact: str, after: str, suggestion: str, old: str, new: str
) -> None:
    found = correction_of(Reported(before=before, exact=exact, after=after, suggestion=suggestion))

    assert (found.removed, found.added) == (old, new)
