"""Findings on the text itself: repetition, scripts, spaces, signs."""

from __future__ import annotations

import pytest

from server.text.evidence.finding import Finding, Reported
from server.text.evidence.punctuation import punctuation
from server.text.evidence.repetition import repetition
from server.text.evidence.scripts import mixed_scripts


def reported(marked: str, language: str = "en") -> Reported:
    """From ``before [exact] after``."""
    before, _, rest = marked.partition("[")
    exact, _, after = rest.partition("]")
    return Reported(before=before, exact=exact, after=after, language=language)


def kinds(findings: list[Finding]) -> list[str]:
    return [finding.kind for finding in findings]


@pytest.mark.parametrize(
    ("marked", "language", "found"),
    [
        ("on [the the] hill", "en", ["repeated"]),
        ("on the [the] hill", "en", ["repeated"]),
        ("on [the] the hill", "en", ["repeated"]),
        ("[The the] hill", "en", ["repeated"]),
        ("He [had had] enough", "en", ["repeated-legitimate"]),
        ("said [that that] was", "en", ["repeated-legitimate"]),
        ("[Duran Duran] played", "en", ["repeated-legitimate"]),
        ("Die, [die die] Tür", "de", ["repeated-legitimate"]),
        ("[nous nous] sommes", "fr", ["repeated-legitimate"]),
        ("[orang orang] itu", "id", ["repeated-legitimate"]),
        ("в [в в] городе", "ru", ["repeated"]),
        ("the [cat] sat on the mat", "en", []),
        ("the the [cat] sat", "en", []),
        ("that, [that] is", "en", []),
        ("10 [10] 10", "en", []),
    ],
)
def test_repeated_words(marked: str, language: str, found: list[str]) -> None:
    assert kinds(repetition(reported(marked, language))) == found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("p\u0430lace", True),  # a Cyrillic а
        ("к\u006fманда", True),  # a Latin o
        ("Αthens", True),  # a Greek Alpha
        ("palace", False),
        ("команда", False),
        ("IT-компания", False),
        ("μm", False),
        ("naïve", False),
        ("日本語abc", False),
    ],
)
def test_letters_of_another_script(word: str, found: bool) -> None:
    findings = mixed_scripts(reported(f"the [{word}] is"))

    assert bool(findings) == found
    if found:
        assert findings[0].kind == "mixed-scripts"


def test_a_stray_letter_is_named_with_its_script() -> None:
    [finding] = mixed_scripts(reported("the [p\u0430lace] is"))

    assert finding.words == "In “p\u0430lace” “\u0430” is a Cyrillic letter, the others are Latin."


def test_of_as_many_letters_of_each_script_the_others_are_of_the_other() -> None:
    [finding] = mixed_scripts(reported("the [p\u0430] is"))

    assert finding.words == "In “p\u0430” “p” is a Latin letter, the others are Cyrillic."


@pytest.mark.parametrize(
    ("marked", "language", "found"),
    [
        ("two [words  here] now", "en", ["space"]),
        ("came [ ,] and", "en", ["space"]),
        ("came , [and] went", "en", ["space"]),
        ("[came ,] and", "en", ["space"]),
        ("a [( b)] c", "en", ["space"]),
        ("ends[.Next] one", "en", ["space"]),
        ("bread[,milk] and", "en", ["space"]),
        ("bread[,,] milk", "en", ["punctuation"]),
        ("end[..] Next", "en", ["punctuation"]),
        ("Pourquoi [?] Non", "fr", []),
        ("Pourquoi [?] Non", "en", ["space"]),
        ("il dit[ ;] non", "fr", []),
        ("il dit[ ,] non", "fr", ["space"]),
        ("wait[...] then", "en", []),
        ("what[?!] he said", "en", []),
        ("e.g[., this] one", "en", []),
        ("at [10:30] and 3.14 and 1,000", "en", []),
        ("see [example.org/a,b] now", "en", []),
        ("the U.S[.A] now", "en", []),
        ("他说[。你]好", "zh", []),
        ("far  away and [here] now", "en", []),
    ],
)
def test_spaces_and_signs(marked: str, language: str, found: list[str]) -> None:
    assert kinds(punctuation(reported(marked, language))) == found
