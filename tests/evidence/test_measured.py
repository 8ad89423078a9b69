"""The score tells real mistakes from correct unusual words, on lists made by hand."""

from __future__ import annotations

import pytest
from labelled_reports import Labelled, examine_all, figures, load, missing_dictionaries

PACKAGES = "hunspell-{en-us,en-gb,de-de,fr,es,it,pl,ru,uk}"


@pytest.fixture(scope="module")
def labelled() -> list[Labelled]:
    """Every second English report and, as dictionaries take their time, some of each other
    language; measure.py takes all."""
    found = load()
    missing = missing_dictionaries(found)
    if missing:
        pytest.skip(f"no dictionary for {', '.join(missing)} (Debian: apt-get install {PACKAGES})")
    english = [each for each in found if each.reported.language == "en"]
    others = [each for each in found if each.reported.language != "en"]
    return english[::2] + others[::6]


def test_the_lists_are_large_and_of_several_languages() -> None:
    found = load()

    assert sum(each.mistake for each in found) >= 300
    assert sum(not each.mistake for each in found) >= 300
    assert len({each.reported.language for each in found}) >= 6
    assert len({(each.reported.text, each.reported.exact) for each in found}) == len(found)


def test_likely_means_likely(labelled: list[Labelled]) -> None:
    with_correction, without = map(figures, examine_all(labelled))

    assert with_correction.precision >= 0.88
    assert with_correction.recall >= 0.82
    assert with_correction.ranked >= 0.92
    assert without.precision >= 0.85
    assert without.recall >= 0.75
    assert without.ranked >= 0.82
