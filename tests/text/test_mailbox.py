"""An address in what a reader wrote is found as a whole."""

from __future__ import annotations

import pytest

from server.text.mailbox import (
    InvalidAddress,
    checked_address,
    names_address,
    without_addresses,
)


@pytest.mark.parametrize(
    "text",
    [
        "ann@x.org",
        "Write to Ann@X.org.",
        "<ann@x.org>, please",
        "'ann@x.org'",
        "-ann@x.org-",
        "mailto:ann@x.org?subject=1",
        "mail=ann@x.org",
        "_ann@x.org_",
        "bob@x.org and ann@x.org",
    ],
)
def test_a_whole_address_is_named(text: str) -> None:
    assert names_address(text, "ann@x.org")


@pytest.mark.parametrize(
    "text",
    [
        "joann@x.org",
        "jo.ann@x.org",
        "jo-ann@x.org",
        "jo+ann@x.org",
        "o'ann@x.org",
        "jo--ann@x.org",
        "ann@x.org.au",
        "ann@x.organic",
        "ann@x",
        "ann",
    ],
)
def test_a_part_of_another_address_is_not(text: str) -> None:
    assert not names_address(text, "ann@x.org")


def test_unusual_signs_belong_to_the_address_that_has_them() -> None:
    assert names_address("I am a/b=c!d@x.org", "a/b=c!d@x.org")
    assert names_address("Я Анна@пример.рф.", "анна@пример.рф")


def test_addresses_are_taken_out_however_they_are_written() -> None:
    said = "550 5.1.1 <Ann@X.org>: unknown, ann@xn--e1afmkfd.example; RCPT TO:<анна@пример.рф>"

    assert without_addresses(said) == "550 5.1.1 <…>: unknown, …; RCPT TO:<…>"
    assert without_addresses("mail.x.org:25: connection refused") == (
        "mail.x.org:25: connection refused"
    )


def test_an_address_is_checked_and_brought_into_its_normal_form() -> None:
    assert checked_address(" Ann@X.ORG ") == "Ann@x.org"
    assert checked_address("ann@mail.test", trial=True) == "ann@mail.test"


@pytest.mark.parametrize(
    "text", ["", " ", "ann", "ann@", "@x.org", "ann@mail.test", f"{'a' * 60}@{'b.' * 100}org"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        checked_address(text)
