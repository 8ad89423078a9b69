"""Which addresses name the same page, and which origins belong to a site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.address import (
    AddressError,
    canonical_address,
    origin_allowed,
    origin_pattern,
    with_fragment,
)


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("https://news.example", "https://news.example/"),
        ("HTTPS://News.Example:443/A", "https://news.example/A"),
        ("https://news.example/a#part", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&id=7&fbclid=y", "https://news.example/a?id=7"),
        ("https://news.example/a?utm_source=x", "https://news.example/a"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?b=2&a=1"),
        ("https://ann:secret@news.example/", "https://news.example/"),
        ("https://news.example/a/../b", "https://news.example/b"),
        ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
        ("https://news.example/?", "https://news.example/"),
        ("https://news.example/a?&q=x%20y+z&&utm_id=1&", "https://news.example/a?q=x%20y+z"),
        ("https://news.example/a?UTM_Source=x&PHPSESSID=0a1b", "https://news.example/a"),
        ("https://news.example/a;jsessionid=0a1b?id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?q&r=", "https://news.example/a?q&r="),
        (
            "https://news.example/a?id=7&access_token=0a1b&Token=0a&jwt=e",
            "https://news.example/a?id=7",
        ),
        (
            "https://news.example/a?email=x&u=ann%40example.org&r=ann@example.org",
            "https://news.example/a",
        ),
        (
            "https://news.example/a?q=@ann&tokens=7&passage=1",
            "https://news.example/a?q=@ann&tokens=7&passage=1",
        ),
    ],
)
def test_canonical_form(address: str, canonical: str) -> None:
    assert canonical_address(address) == canonical


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://news.example/",
        "//news.example/",
        "news.example",
        "https://",
        "https://news.example:99999/",
        "https://news.example/" + "a" * 5000,
    ],
)
def test_what_is_no_page_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        canonical_address(address)


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        canonical = canonical_address(text)
    except AddressError:
        return
    assert canonical_address(canonical) == canonical


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://news.example", True),
        ("https://news.example:8443", False),
        ("http://news.example", False),
        ("https://blog.times.example", True),
        ("https://a.b.times.example", True),
        ("https://times.example", False),
        ("https://eviltimes.example", False),
        ("https://news.example.evil.example", False),
    ],
)
def test_origins_are_exact_or_subdomains(origin: str, allowed: bool) -> None:
    assert origin_allowed(origin, ["https://news.example", "https://*.times.example"]) is allowed


@pytest.mark.parametrize("pattern", ["news.example", "https://", "https://*", "*", "https://a/b"])
def test_what_is_no_origin_is_refused(pattern: str) -> None:
    with pytest.raises(AddressError):
        origin_pattern(pattern)


def test_directive_follows_an_existing_fragment() -> None:
    assert with_fragment("https://a.example/", "text=b") == "https://a.example/#:~:text=b"
    assert with_fragment("https://a.example/#part", "text=b") == "https://a.example/#part:~:text=b"
    assert with_fragment("https://a.example/", "") == "https://a.example/"
