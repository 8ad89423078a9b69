"""The text around a sentence."""

from __future__ import annotations

import pytest

from server.text.context import around


@pytest.mark.parametrize(
    ("prefix", "before", "after", "suffix", "found"),
    [
        ("Old walls. They ", "They ", " letters.", " letters. New", ("Old walls. ", " New")),
        # A sentence that is longer than what is around it.
        ("begun to ", "The council has begun to ", " letters asking", " letters", ("", "")),
        ("Before ", "", "", " after", ("Before ", " after")),
        ("", "", "", "", ("", "")),
    ],
)
def test_text_beyond_the_sentence(
    prefix: str, before: str, after: str, suffix: str, found: tuple[str, str]
) -> None:
    assert around(prefix, before, after, suffix) == found
