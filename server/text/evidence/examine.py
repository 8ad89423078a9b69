"""All findings on one report."""

from __future__ import annotations

from server.text.evidence.change import change
from server.text.evidence.finding import Finding, Reported, translatable
from server.text.evidence.punctuation import punctuation
from server.text.evidence.repetition import repetition
from server.text.evidence.scripts import mixed_scripts
from server.text.evidence.spelling import Speller, spelling
from server.text.evidence.weights import found
from server.text.evidence.words import correction_of

# Each further reader is worth so much, up to MOST_FOR_READERS.
FOR_A_READER = 8
MOST_FOR_READERS = 24


def examine(
    reported: Reported, speller: Speller | None, english: Speller | None = None
) -> list[Finding]:
    """What speaks for and against a mistake, the heaviest first.

    ``speller`` knows the page's language; None where there is no dictionary for it. ``english``
    is asked about words of other languages that are not in their own dictionary.
    """
    correction = correction_of(reported)
    about_text = [*repetition(reported), *mixed_scripts(reported), *punctuation(reported)]
    findings = [*about_text, *change(reported, correction)]
    if speller is None:
        findings.append(_no_dictionary(reported.language))
    else:
        findings += spelling(reported, correction, speller, english)
    if about_text:
        # Its words may all be good: the mistake lies between them.
        findings = [each for each in findings if each.kind not in ("known", "unknown")]
    if reported.readers > 1:
        findings.append(
            found(
                "readers",
                "%(readers)s readers reported it.",
                weight=min(MOST_FOR_READERS, FOR_A_READER * (reported.readers - 1)),
                readers=reported.readers,
            )
        )
    return sorted(findings, key=lambda finding: -abs(finding.weight))


def _no_dictionary(language: str) -> Finding:
    words = translatable(
        "This server has no dictionary for the page’s language, so no word was looked up."
    )
    if language:
        words = translatable(
            "This server has no dictionary for the page’s language (%(language)s), "
            "so no word was looked up."
        )
    return found("no-dictionary", words, language=language)
