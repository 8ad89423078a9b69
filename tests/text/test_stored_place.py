"""A place in writing: it comes back as it was, and its form changes when places do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.text.place import Quote, place_of
from server.text.stored_place import FORM, read, written

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300)
QUOTE = Quote(
    exact="the “recieved” letters",
    prefix="Yesterday the council opened ",
    suffix=", of which",
    before="Yesterday the council opened ",
    after=", of which many were late.",
    suggestion="the “received” letters",
)


@given(exact=TEXT.filter(str.strip), prefix=TEXT, suffix=TEXT, before=TEXT, after=TEXT, new=TEXT)
def test_place_comes_back_as_it_was_written(
    exact: str, prefix: str, suffix: str, before: str, after: str, new: str
) -> None:
    place = place_of(Quote(exact, prefix, suffix, before, after, new))

    assert read(written(place)) == place


def test_what_was_written_in_another_form_is_not_read() -> None:
    other = written(place_of(QUOTE)).replace(f"[{FORM},", f"[{FORM + 1},", 1)

    assert read(other) is None
    assert read(None) is None
    assert read("") is None


def test_form_is_another_when_places_are_made_otherwise() -> None:
    """Where this fails because what ``place_of`` makes has changed, FORM must change with it:
    places that were stored before would be compared with new ones."""
    assert written(place_of(QUOTE)) == (
        '[1,"yesterdaythecouncilopenedtherecievedlettersofwhichmanywerelate",[[28,36]],false,'
        '[0,62],null,0,"the “recieved” letters"]'
    )
