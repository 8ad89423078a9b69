"""Which reports a rule speaks of."""

from __future__ import annotations

import pytest

from server.text.matching import Conditions, Facts, names_in

FACTS = Facts(
    author="Anna Berg",
    section="Sport",
    path="/sport/football/final",
    language="de-AT",
    evidence=["unknown", "repeated"],
    score=70,
)


@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(),
        Conditions(author="anna berg"),
        Conditions(author="Anna*"),
        Conditions(author="ANNA  BERG"),
        Conditions(section="sp?rt"),
        Conditions(path="/Sport/*"),
        Conditions(path="*final"),
        Conditions(language="de"),
        Conditions(language="DE-at"),
        Conditions(evidence="repeated"),
        Conditions(min_score=70),
        Conditions(author="*berg", section="sport", path="/sport*", language="de", min_score=1),
    ],
)
def test_rule_speaks_of_the_report(conditions: Conditions) -> None:
    assert conditions.hold(FACTS)


@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(author="Anna"),
        Conditions(section="politics"),
        Conditions(path="/sport"),
        Conditions(language="d"),
        Conditions(language="de-DE"),
        Conditions(evidence="doubled"),
        Conditions(min_score=71),
        Conditions(author="anna berg", section="politics"),
    ],
)
def test_rule_does_not_speak_of_the_report(conditions: Conditions) -> None:
    assert not conditions.hold(FACTS)


def test_nothing_is_known_of_a_report_that_is_not_examined() -> None:
    assert not Conditions(min_score=1).hold(Facts(score=None))


def test_bracket_stands_for_itself() -> None:
    assert Conditions(section="[Opinion]").hold(Facts(section="[opinion]"))
    assert not Conditions(section="[Opinion]").hold(Facts(section="o"))


@pytest.mark.parametrize(
    ("declared", "names"),
    [
        ("", []),
        ("  ", []),
        ("Anna Berg", ["Anna Berg"]),
        ("Anna Berg, Tom Wu", ["Anna Berg, Tom Wu", "Anna Berg", "Tom Wu"]),
        ("Anna Berg and Tom Wu", ["Anna Berg and Tom Wu", "Anna Berg", "Tom Wu"]),
        ("Sandra Anderson", ["Sandra Anderson"]),
    ],
)
def test_names_of_several_authors_are_told_apart(declared: str, names: list[str]) -> None:
    assert names_in(declared) == names


def test_one_of_several_authors_is_enough() -> None:
    assert Conditions(author="tom wu").hold(Facts(author="Anna Berg & Tom Wu"))


def test_hostile_pattern_ends() -> None:
    # Tried in all ways it would take longer than anybody waits.
    assert not Conditions(path="/" + "*a" * 200).hold(Facts(path="/" + "a" * 3_000 + "b"))
