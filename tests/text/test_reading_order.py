"""Quotes of one page in the order of its text."""

from __future__ import annotations

from server.text.place import Quote
from server.text.reading_order import passages

TEXT = (
    "The harbour was rebuild after the storm of last winter. Its walls are hihger now than they "
    "have ever been, and the fishermen recieve their mail at the old pier again. Nobody knows how "
    "long the repares will take, says the mayor, who was born in the house beside the lighthouse."
)


def quote(exact: str, context: int = 60, text: str = TEXT) -> Quote:
    at = text.index(exact)
    prefix, suffix = text[max(0, at - context) : at], text[at + len(exact) :][:context]
    return Quote(exact, prefix, suffix, "", "", "")


def ordered(*exact: str, context: int = 60) -> list[list[str]]:
    quotes = [quote(each, context) for each in exact]
    return [[exact[index] for index in passage] for passage in passages(quotes)]


def test_quotes_whose_surroundings_overlap_come_as_they_stand() -> None:
    found = ordered("repares", "rebuild", "recieve", "hihger")

    assert found == [["rebuild", "hihger", "recieve", "repares"]]


def test_two_mistakes_in_one_sentence() -> None:
    assert ordered("pier", "recieve") == [["recieve", "pier"]]


def test_what_has_nothing_in_common_keeps_its_order() -> None:
    assert ordered("repares", "rebuild", context=20) == [["repares"], ["rebuild"]]


def test_passages_come_where_their_first_quote_was() -> None:
    other = quote("elsewhere", text="A caption that stands elsewhere on the page, under a picture.")
    quotes = [quote("hihger"), other, quote("rebuild")]

    assert passages(quotes) == [[2, 0], [1]]


def test_no_quotes_and_quotes_without_surroundings() -> None:
    assert passages([]) == []
    bare = Quote("recieve", "", "", "", "", "")
    assert passages([bare, bare]) == [[0], [1]]


def test_text_that_repeats_itself_gives_some_order_of_all() -> None:
    again = "and so on and so forth and so on and so forth and so on and so forth "
    quotes = [quote("forth", text=again), quote("so on", text=again)]

    assert sorted(index for passage in passages(quotes) for index in passage) == [0, 1]
