"""Which quotes name the same place: what holds whatever the texts are."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.text.fold import fold, plain
from server.text.mistake import mistakes
from server.text.place import Quote, likeness, place_hash, place_of, same_place

WORDS = [
    "recieve", "letters", "the", "the", "Straße", "größer", "café", "режисёр", "не", "смотря",
    "إفتتاح", "الجسر", "הגשר", "लोगो", "पुल", "以经", "三年", "ことえの", "herkez", "«oui»",
    "3,5", "it's", "“so”", "—", "end.", "New", "ﬁne", "мы", "an̈d",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
SOME_TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
QUOTES = st.builds(
    Quote,
    exact=SOME_TEXT | st.text(min_size=1, max_size=5),
    prefix=TEXT | st.text(max_size=5),
    suffix=TEXT,
    before=st.just("") | TEXT,
    after=st.just("") | TEXT,
    suggestion=st.just("") | SOME_TEXT | st.text(max_size=5),
)
SPACES = ["  ", "\t", "\n", "\u00a0", "\u202f \u2009"]
RETYPED = str.maketrans("“”«»'—", '""„“’–')


def changed(quote: Quote, how: str) -> Quote:
    """What another browser, or the page after a retouch, gives for the same selection."""
    if how in ("NFC", "NFD"):
        return Quote(*(unicodedata.normalize(how, text) for text in quote))
    if how == "quotes":
        return Quote(*(text.translate(RETYPED) for text in quote))
    return Quote(*(text.replace(" ", how) for text in quote))


@given(QUOTES, QUOTES)
def test_likeness_is_symmetric(one: Quote, other: Quote) -> None:
    a, b = place_of(one), place_of(other)

    assert likeness(a, b) == likeness(b, a)
    assert 0 <= likeness(a, b) <= 1


@given(QUOTES)
@example(Quote("—", "", "", "", "", ""))
@example(Quote("a", "a a a", "a a a", "", "", "b"))
def test_every_quote_names_the_place_it_names(quote: Quote) -> None:
    place = place_of(quote)

    assert likeness(place, place) == 1
    assert place == place_of(quote)
    assert place.text[slice(*place.hull)] in fold(plain(quote.exact)) or not place.text


@given(QUOTES, st.sampled_from([*SPACES, "NFC", "NFD", "quotes"]))
def test_place_is_stable_under_what_does_not_count(quote: Quote, how: str) -> None:
    other = changed(quote, how)

    assert same_place(place_of(quote), place_of(other))


@given(QUOTES, st.sampled_from([*SPACES, "NFC", "NFD"]))
def test_hash_is_stable_under_space_and_normal_form(quote: Quote, how: str) -> None:
    assert place_hash(place_of(quote)) == place_hash(place_of(changed(quote, how)))


@given(QUOTES, QUOTES)
def test_equal_hashes_are_of_the_same_place(one: Quote, other: Quote) -> None:
    a, b = place_of(one), place_of(other)
    if place_hash(a) == place_hash(b):
        assert likeness(a, b) == 1


@given(st.text())
@example("a\u0300\u200d\u0323")
@example("\u0345\u1f80")
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXT, TEXT)
def test_parts_fold_as_the_whole_does(one: str, other: str) -> None:
    assert fold(f"{one} {other}") == fold(one) + fold(other)


@pytest.mark.parametrize(
    ("exact", "suggestion", "changes"),
    [
        ("recieve", "receive", ["recieve"]),
        ("to recieve letters", "to receive letters", ["recieve"]),
        ("to recieve lettres", "to receive letters", ["recieve", "lettres"]),
        ("recieve", "", []),
        ("recieve", "recieve", []),
        ("in berlin", "in Berlin", ["berlin"]),
        ("we like the the film", "we like the film", ["thethe"]),
        ("alot of", "a lot of", ["alot"]),
        ("However he", "However, he", [""]),
        ("“so” he sed", '"so" he said', ["sed"]),
        ("“so”", "«so»", ["", ""]),
        ("“so” he", '„so" he', ["", ""]),
        ("It has begun to recieve letters", "receive", ["recieve"]),
        ("It has begun to recieve letters", "harbour", []),
        ("这座桥以经建了三年", "这座桥已经建了三年", ["以"]),
    ],
)
def test_mistake_is_what_the_suggestion_changes(
    exact: str, suggestion: str, changes: list[str]
) -> None:
    folded = fold(exact)

    found = [folded[start:end] for start, end in mistakes(exact, suggestion)]

    assert found == changes
