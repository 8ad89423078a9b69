"""The labelled reports of tests/evidence, and how well the score tells them apart."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from server.spelling.dictionaries import SYSTEM_FOLDERS, default_folders, find_dictionaries
from server.spelling.speller import shared
from server.text.evidence import LIKELY, Finding, Reported, examine, score_of

HERE = Path(__file__).parent / "evidence"
_LINE = re.compile(r"(\w+) \| ([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*) \| (.+)")


@dataclass(frozen=True)
class Labelled:
    """A report of one reader with the truth about it. Tuned on one half alone."""

    reported: Reported
    mistake: bool
    tuned: bool


@dataclass(frozen=True)
class Examined:
    labelled: Labelled
    findings: tuple[Finding, ...]

    @property
    def score(self) -> int:
        return score_of(self.findings)

    @property
    def likely(self) -> bool:
        return self.score >= LIKELY


@dataclass(frozen=True)
class Figures:
    """Of the reports called likely, the share that are mistakes; of the mistakes, the share that
    are called likely; and how often a mistake stands above a correct word."""

    mistakes: int
    correct: int
    precision: float
    recall: float
    ranked: float


def load() -> list[Labelled]:
    """Both lists. Raises ValueError for a line that is none."""
    return [*_read("mistakes.txt", mistake=True), *_read("correct.txt", mistake=False)]


def missing_dictionaries(labelled: Iterable[Labelled]) -> list[str]:
    """Languages of the lists that this machine has no dictionary for."""
    languages = {each.reported.language for each in labelled}
    # What the chunspell package brings is not what the figures were measured with.
    return sorted(each for each in languages if not find_dictionaries(each, SYSTEM_FOLDERS))


def examine_all(labelled: Iterable[Labelled]) -> tuple[list[Examined], list[Examined]]:
    """As readers sent them, and as if they had sent no correction."""
    hunspell = shared(tuple(default_folders(None)))
    english = hunspell.speller_of("en")
    with_correction, without = [], []
    for each in labelled:
        language = each.reported.language
        speller = hunspell.speller_of(language)
        other = None if language == "en" else english
        # Side by side: Hunspell's suggestions for the second are still at hand.
        for reported, examined in (
            (each.reported, with_correction),
            (replace(each.reported, suggestion=""), without),
        ):
            examined.append(Examined(each, tuple(examine(reported, speller, other))))
    return with_correction, without


def figures(examined: Iterable[Examined]) -> Figures:
    examined = list(examined)
    mistakes = [each for each in examined if each.labelled.mistake]
    correct = [each for each in examined if not each.labelled.mistake]
    right = sum(each.likely for each in mistakes)
    wrong = sum(each.likely for each in correct)
    above = sum((m.score > c.score) + (m.score == c.score) / 2 for m in mistakes for c in correct)
    return Figures(
        mistakes=len(mistakes),
        correct=len(correct),
        precision=right / max(1, right + wrong),
        recall=right / max(1, len(mistakes)),
        ranked=above / max(1, len(mistakes) * len(correct)),
    )


def _read(name: str, *, mistake: bool) -> list[Labelled]:
    found = []
    for line in (HERE / name).read_text().splitlines():
        if line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if not match:
            raise ValueError(f"{name}: {line!r} is not “language | sentence with [words] | other”")
        language, before, exact, after, suggestion = match.groups()
        reported = Reported(
            before=before,
            exact=exact,
            after=after,
            suggestion="" if suggestion == "_" else suggestion,
            language=language,
        )
        found.append(Labelled(reported, mistake, bool(zlib.crc32(line.encode()) % 2)))
    return found
