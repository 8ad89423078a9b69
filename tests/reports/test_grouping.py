"""Which of a page's reports a submission belongs to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.reports.grouping import is_clearer, nearest
from server.text.place import Place, Quote, place_of, same_place

SENTENCE = "We recieve lettres from people who live near the harbour."
WORDS = SENTENCE.split(" ")


def quote(exact: str, suggestion: str = "") -> Quote:
    at = SENTENCE.index(exact)
    before, after = SENTENCE[:at], SENTENCE[at + len(exact) :]
    return Quote(exact, before[-32:], after[:32], before, after, suggestion)


def place(exact: str, suggestion: str = "") -> Place:
    return place_of(quote(exact, suggestion))


def test_most_alike_is_taken() -> None:
    candidates = [
        ("sentence", place(SENTENCE)),
        ("word", place("recieve", "receive")),
        ("other", place("lettres", "letters")),
    ]

    assert nearest(place("We recieve", "We receive"), candidates) == "word"
    assert nearest(place("lettres"), candidates) == "other"
    assert nearest(place(SENTENCE), candidates) == "sentence"


def test_what_is_like_none_is_none() -> None:
    assert nearest(place("people"), [("word", place("recieve", "receive"))]) is None
    assert nearest(place("people"), []) is None


def test_selection_that_may_mean_either_of_two_joins_none() -> None:
    word = ("word", place("recieve", "receive"))
    other = ("other", place("lettres", "letters"))

    assert nearest(place(SENTENCE), [word]) == "word"
    assert nearest(place(SENTENCE), [word, ("wider", place("We recieve"))]) is not None
    assert nearest(place(SENTENCE), [word, other]) is None


def test_no_more_is_compared_than_an_ordinary_page_has() -> None:
    long = ("long", place_of(Quote("x " * 500, "", "", "y " * 500, "z " * 500, "")))
    word = ("word", place("recieve", "receive"))

    assert nearest(place("recieve"), [*[long] * 5, word]) == "word"
    assert nearest(place("recieve"), [*[long] * 50, word]) is None


def test_quote_is_clearer_with_a_suggestion_or_much_shorter() -> None:
    assert is_clearer(place("recieve", "receive"), place(SENTENCE))
    assert is_clearer(place("recieve"), place(SENTENCE))
    assert not is_clearer(place("recieve"), place("We recieve"))
    assert not is_clearer(place("recieve", "get"), place("recieve", "receive"))
    assert not is_clearer(place(SENTENCE), place("recieve", "receive"))


@given(st.data())
def test_quick_look_misses_nothing(data: st.DataObject) -> None:
    def some_quote() -> Quote:
        start = data.draw(st.integers(0, len(WORDS) - 1))
        end = data.draw(st.integers(start + 1, len(WORDS)))
        suggestion = data.draw(st.sampled_from(["", "receive", "x", SENTENCE[:20]]))
        return quote(" ".join(WORDS[start:end]), suggestion)

    one, other = place_of(some_quote()), some_quote()

    assert (nearest(one, [("it", place_of(other))]) == "it") == same_place(one, place_of(other))
