"""Which addresses name the same page, and which canonical addresses are believed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.text.address import AddressError, canonical_address
from server.text.page_identity import believable, page_address, page_key

SAME = {
    "scheme": ("http://news.example/harbour", "https://news.example/harbour"),
    "www": ("https://www.news.example/harbour", "https://news.example/harbour"),
    "default port": ("https://news.example:443/harbour", "https://news.example/harbour"),
    "capitals in the host": ("https://NEWS.example/harbour", "https://news.example/harbour"),
    "dot after the host": ("https://news.example./harbour", "https://news.example/harbour"),
    "fragment": ("https://news.example/harbour#comments", "https://news.example/harbour"),
    "trailing slash": ("https://news.example/harbour/", "https://news.example/harbour"),
    "front page's slash": ("https://news.example", "https://news.example/"),
    "index file": ("https://news.example/a/index.html", "https://news.example/a/"),
    "index file with parameters": (
        "https://news.example/index.php?p=7",
        "https://news.example/?p=7",
    ),
    "tracking": ("https://news.example/a?utm_source=x&fbclid=y", "https://news.example/a"),
    "empty query": ("https://news.example/a?", "https://news.example/a"),
    "empty parameters": ("https://news.example/a?&&id=1&", "https://news.example/a?id=1"),
    "parameter without a value": ("https://news.example/a?q", "https://news.example/a?q="),
    "order of parameters": ("https://news.example/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
    "session in the query": ("https://news.example/a?PHPSESSID=9f", "https://news.example/a"),
    "session in the path": ("https://news.example/a;jsessionid=9f", "https://news.example/a"),
    "view for print": ("https://news.example/a?print=1", "https://news.example/a"),
    "AMP view": ("https://news.example/a?amp", "https://news.example/a"),
    "answer to a comment": ("https://news.example/a?replytocom=12", "https://news.example/a"),
    "needless escape": ("https://news.example/%61-%7Eann", "https://news.example/a-~ann"),
    "small letters in an escape": ("https://news.example/%c3%bc", "https://news.example/%C3%BC"),
    "escaped letters": (
        "https://news.example/%D0%BF%D0%BE%D1%80%D1%82",
        "https://news.example/порт",
    ),
    "decomposed letters": ("https://news.example/mu\u0308nchen", "https://news.example/münchen"),
    "IDN": ("https://xn--mnchen-3ya.example/a", "https://münchen.example/a"),
    "plus for a space": ("https://news.example/a?q=x+y", "https://news.example/a?q=x%20y"),
    "dots in the path": ("https://news.example/a/../b", "https://news.example/b"),
}
DIFFERENT = {
    "path": ("https://news.example/harbour", "https://news.example/harbour-2"),
    "capitals in the path": ("https://news.example/A", "https://news.example/a"),
    "subdomain": ("https://sport.news.example/a", "https://news.example/a"),
    "port": ("https://news.example:8443/a", "https://news.example/a"),
    "parameter": ("https://news.example/a?id=1", "https://news.example/a?id=2"),
    "order of one parameter's values": (
        "https://news.example/a?tag=x&tag=y",
        "https://news.example/a?tag=y&tag=x",
    ),
    "page": ("https://news.example/a?page=2", "https://news.example/a"),
    "escaped slash": ("https://news.example/a%2Fb", "https://news.example/a/b"),
    "escaped plus": ("https://news.example/a?q=1%2B1", "https://news.example/a?q=1+1"),
    "a host that is www alone": ("https://www.example/a", "https://example/a"),
    "escaped parameter separator": (
        "https://news.example/a?q=x%26r=y",
        "https://news.example/a?q=x&r=y",
    ),
}
HERE = "https://news.example/politics/harbour-opens-late"
BELIEVED = {
    "itself": (HERE, HERE),
    "without what tracks": (HERE + "?utm_source=x", HERE),
    "unknown parameters left out": (HERE + "?cx=7&from_feed=1", HERE),
    "AMP path": (HERE + "/amp", HERE),
    "AMP host": ("https://amp.news.example/politics/harbour-opens-late", HERE),
    "mobile host": ("https://m.news.example/politics/harbour-opens-late", HERE),
    "print": (HERE + "/print", HERE),
    "print page": (HERE.replace("politics", "print") + ".html", HERE),
    "another section": (HERE.replace("politics", "local"), HERE),
    "an improved name": (HERE.replace("opens-late", "is-open"), HERE),
    "another name, same number": (
        "https://news.example/123456/ferries-wait",
        "https://news.example/politics/harbour-opens-late-123456",
    ),
    "number in the query": ("https://news.example/?p=123", HERE),
    "number in the path": ("https://news.example/node/123", HERE),
    "name in another script": (
        "https://news.example/порт-откроют-позже?x=1",
        "https://news.example/%D0%BF%D0%BE%D1%80%D1%82-%D0%BE%D1%82%D0%BA%D1%80%D0%BE%D1%8E%D1%82",
    ),
    "first page": (HERE + "/page/1", HERE),
    "view=all of several pages": (HERE + "/2", HERE + "/all"),
    "the front page's own": ("https://news.example/?utm_source=x", "https://news.example/"),
}
NOT_BELIEVED = {
    "front page": (HERE, "https://news.example/"),
    "front page's index": (HERE, "https://news.example/index.html"),
    "another article": (HERE, "https://news.example/politics/mayor-resigns"),
    "the article of before, in an application": (
        "https://news.example/порт-откроют",
        "https://news.example/мэр-уходит",
    ),
    "its section": (HERE, "https://news.example/politics/"),
    "page 2 to page 1 by parameter": (HERE + "?page=2", HERE),
    "page 2 to page 1 by path": (HERE + "/page/2", HERE),
    "page 2 to page 1 by number": (HERE + "/2", HERE),
    "page 2 to page 1 by file": (HERE + "-2.html", HERE + ".html"),
    "page 3 to page 2": (HERE + "?page=3", HERE + "?page=2"),
    "without the article's number": (
        "https://news.example/article.php?id=5",
        "https://news.example/article.php",
    ),
    "another article's number": (
        "https://news.example/article.php?id=5",
        "https://news.example/article.php?id=6",
    ),
    "without the language": (HERE + "?lang=de", HERE),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_addresses_of_one_page_have_one_key(one: str, other: str) -> None:
    assert page_key(one) == page_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_addresses_of_two_pages_have_two_keys(one: str, other: str) -> None:
    assert page_key(one) != page_key(other)


@pytest.mark.parametrize(("address", "canonical"), BELIEVED.values(), ids=BELIEVED)
def test_canonical_address_is_believed(address: str, canonical: str) -> None:
    assert believable(address, canonical)
    assert page_address(address, canonical) == canonical_address(canonical)


@pytest.mark.parametrize(("address", "canonical"), NOT_BELIEVED.values(), ids=NOT_BELIEVED)
def test_mistaken_canonical_address_is_not_believed(address: str, canonical: str) -> None:
    assert not believable(address, canonical)
    assert page_address(address, canonical) == canonical_address(address)


def test_page_without_a_canonical_address_is_itself() -> None:
    assert page_address(HERE + "?utm_source=x#top", "") == HERE


ADDRESSES = st.builds(
    "https://{}{}/{}?{}#{}".format,
    st.sampled_from(["news.example", "www.news.example", "münchen.example", "127.0.0.1", "[::1]"]),
    st.sampled_from(["", ":80", ":443", ":8443"]),
    st.text(max_size=30),
    st.text(alphabet="ab=&+%;2Cé utm_id", max_size=30),
    st.text(max_size=5),
)


@given(ADDRESSES)
@example("https://news.example/??&2")
@example("https://news.example/???")
@example("https://news.example/??utm_source=x")
def test_key_depends_on_nothing_that_the_clean_address_lacks(address: str) -> None:
    try:
        clean = canonical_address(address)
    except AddressError:
        return

    assert canonical_address(clean) == clean
    assert page_key(clean) == page_key(address)
    assert believable(address, clean)


@given(st.text(), st.text())
def test_any_texts_are_compared_or_refused(one: str, other: str) -> None:
    for address, canonical in [(one, other), ("https://news.example/" + one, HERE + other)]:
        try:
            believable(address, canonical)
        except AddressError:
            continue
        assert page_key(address)
