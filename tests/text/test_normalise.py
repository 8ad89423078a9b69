"""The server's normalisation, held to the vectors that the widget's is held to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text.normalise import normalise

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "text.json").read_text())


@pytest.mark.parametrize(
    ("given", "expected"),
    [pytest.param(row["input"], row["output"], id=row["name"]) for row in VECTORS],
)
def test_text_is_normalised_as_the_vectors_say(given: str, expected: str) -> None:
    assert normalise(given) == expected


def test_vectors_are_many_and_have_names_of_their_own() -> None:
    names = [row["name"] for row in VECTORS]

    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", VECTORS, ids=[row["name"] for row in VECTORS])
def test_normalised_text_is_not_changed_again(row: dict[str, str]) -> None:
    assert normalise(row["output"]) == row["output"]


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_can_be_normalised_and_stored(text: str) -> None:
    result = normalise(text)

    assert normalise(result) == result
    assert "\0" not in result
    assert "  " not in result
    result.encode()
