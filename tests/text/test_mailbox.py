"""An address in what a reader wrote is found as a whole."""

from __future__ import annotations

import pytest

from server.text.mailbox import names_address


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
