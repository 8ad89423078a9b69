"""Quotes of one page in the order of its text."""

from __future__ import annotations

import random

from server.text.place import Quote
from server.text.reading_order import Order, Standing, passages

TEXT = (
    "The harbour was rebuild after the storm of last winter. Its walls are hihger now than they "
    "have ever been, and the fishermen recieve their mail at the old pier again. Nobody knows how "
    "long the repares will take, says the mayor, who was born in the house beside the lighthouse."
)
NUMBERS = random.Random(6)
# Long enough that contexts of sixty characters overlap only where two words are neighbours.
WORDS = [f"{NUMBERS.randrange(10**7):07}" for _ in range(600)]
ARTICLE = " ".join(WORDS)
ADDED = " ".join(f"{NUMBERS.randrange(10**9):09}" for _ in range(80)) + " "


def quote(exact: str, context: int = 60, text: str = TEXT) -> Quote:
    at = text.index(exact)
    prefix, suffix = text[max(0, at - context) : at], text[at + len(exact) :][:context]
    return Quote(exact, prefix, suffix, "", "", "")


def ordered(*exact: str, context: int = 60) -> list[list[str]]:
    quotes = [quote(each, context) for each in exact]
    return [[exact[index] for index in passage] for passage in passages(quotes).unplaced]


def reported(*of: tuple[int, str], older: str = "") -> list[int]:
    """The order of words that were reported one after the other, by their numbers. Each comes with
    the text in which it was read; ``older`` ones are read without a position."""
    quotes = [quote(WORDS[word], 60, text) for word, text in of]
    standings = [
        Standing(index, text.index(WORDS[word]), len(text))
        for index, (word, text) in enumerate(of)
        if text != older
    ]
    order = passages(quotes, standings[::-1])
    return [of[index][0] for passage in order.placed + order.unplaced for index in passage]


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

    assert passages(quotes) == Order([], [[2, 0], [1]])


def test_no_quotes_and_quotes_without_surroundings() -> None:
    assert passages([]) == Order([], [])
    bare = Quote("recieve", "", "", "", "", "")
    assert passages([bare, bare]) == Order([], [[0], [1]])


def test_text_that_repeats_itself_gives_some_order_of_all() -> None:
    again = "and so on and so forth and so on and so forth and so on and so forth "
    quotes = [quote("forth", text=again), quote("so on", text=again)]

    assert sorted(index for passage in passages(quotes).unplaced for index in passage) == [0, 1]


def test_positions_tell_the_order_of_what_has_nothing_in_common() -> None:
    words = list(range(0, 600, 15))
    NUMBERS.shuffle(words)

    assert reported(*((word, ARTICLE) for word in words)) == sorted(words)


def test_what_stands_before_the_main_part_comes_first() -> None:
    quotes = [quote(WORDS[9], text=ARTICLE), quote("kicker", text="A kicker above it all")]

    assert passages(quotes, [Standing(0, 72, 100), Standing(1, -19, 100)]).placed == [[1], [0]]


def test_quote_without_position_stands_beside_the_neighbour_whose_text_it_shares() -> None:
    older = ARTICLE + " "

    found = reported((300, ARTICLE), (400, older), (102, older), (100, ARTICLE), older=older)

    assert found == [100, 102, 300, 400]


def test_without_position_or_neighbour_a_quote_stands_at_the_end() -> None:
    quotes = [quote(WORDS[1], text=ARTICLE), quote(WORDS[9], 10, ARTICLE)]

    assert passages(quotes, [Standing(1, 72, 4800)]) == Order([[1]], [[0]])


def test_neighbours_stand_as_their_text_does_though_positions_contradict() -> None:
    quotes = [quote("rebuild"), quote("hihger"), quote("recieve")]
    standings = [Standing(0, 900, 2000), Standing(1, 60, 1000), Standing(2, 4000, 5000)]

    assert passages(quotes, standings).placed == [[0, 1, 2]]


def test_paragraph_added_at_the_top_moves_what_was_reported_before() -> None:
    grown = ADDED + ARTICLE

    before = [(50, ARTICLE), (90, ARTICLE), (150, ARTICLE), (220, ARTICLE)]
    after = [(52, grown), (110, grown), (180, grown)]

    # That 50 and 52 are neighbours tells how far the rest was moved.
    assert reported(*before, *after) == [50, 52, 90, 110, 150, 180, 220]


def test_paragraph_added_in_the_middle_moves_only_what_stands_behind_it() -> None:
    cut = ARTICLE.index(WORDS[120])
    grown = ARTICLE[:cut] + ADDED + ARTICLE[cut:]

    before = [(20, ARTICLE), (90, ARTICLE), (150, ARTICLE), (220, ARTICLE)]
    after = [(40, grown), (91, grown), (151, grown), (180, grown), (250, grown)]

    assert reported(*before, *after) == [20, 40, 90, 91, 150, 151, 180, 220, 250]


def test_report_of_which_readers_of_two_texts_told_is_an_anchor() -> None:
    grown = ADDED + ARTICLE
    quotes = [quote(WORDS[word], text=ARTICLE) for word in (50, 90, 150)]
    quotes.append(quote(WORDS[110], text=grown))
    old = [Standing(it, ARTICLE.index(quotes[it].exact), len(ARTICLE)) for it in range(3)]
    new = [Standing(it, grown.index(quotes[it].exact), len(grown)) for it in (0, 3)]

    assert passages(quotes, [*new, *old]).placed == [[0], [1], [3], [2]]


def test_paragraph_that_was_moved_is_no_anchor() -> None:
    moved = " ".join([*WORDS[:100], *WORDS[200:], *WORDS[100:200], "End"])
    marks = [30, 150, 250, 350, 450]
    before = [(word, ARTICLE) for word in (*marks, 300, 400)]

    found = reported(*before, *((word, moved) for word in marks))

    assert list(dict.fromkeys(found)) == [30, 250, 300, 350, 400, 450, 150]


def test_line_that_is_repeated_does_not_make_neighbours() -> None:
    line = " Sign up for our newsletter about the harbour and its boats. "
    text = ARTICLE[:1000] + line + ARTICLE[1000:3000] + line + ARTICLE[3000:]
    first, second = text.index(line), text.rindex(line)
    near = [text[at + len(line) + 8 : at + len(line) + 15] for at in (first, second)]
    quotes = [quote(word, text=text) for word in (*near[::-1], WORDS[200])]
    standings = [Standing(it, text.index(quotes[it].exact), 4860) for it in range(3)]

    assert passages(quotes, standings).placed == [[1], [2], [0]]
