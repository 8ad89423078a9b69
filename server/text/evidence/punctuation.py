"""Wrong spaces and signs at the place of the selection."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.text.evidence.finding import Finding, Reported, translatable
from server.text.evidence.weights import found
from server.text.evidence.words import technical_spans

# French sets a space before these.
_SPACED_BEFORE = {"fr": ";:!?»%", "br": ";:!?»%"}
# Written without spaces after signs, or with signs of their own.
_OTHER_RULES = {"zh", "ja", "th", "lo", "km", "my", "bo", "dz"}

_DOUBLE_SPACE = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
_SPACE_BEFORE = re.compile(r"(?<=\w)[ \u00a0\u202f]+([,.;:!?%)\]»])(?![\w.])")
_SPACE_AFTER_OPENING = re.compile(r"(?<![\w)])[(\[][ \u00a0]+(?=\w)")
# An ellipsis of three, "?!" and "!!" are meant; ",," and ".." are not.
_DOUBLED = re.compile(r"(?<![.,;:!?])([,;:]{2,}|\.\.|[,;:]\.|\.[,;:]|[?!],|,[?!])(?![.,;:!?])")
_ABBREVIATED = re.compile(r"\b\w{1,4}\.$")
_NO_SPACE_AFTER = re.compile(
    r"(?<=[^\W\d_])([,;!?…]|(?<=\w{3})\.)(?=[^\W\d_]{2})|(?<=[^\W\d_]):(?=[^\W\d_]{3})"
)


def punctuation(reported: Reported) -> list[Finding]:
    """The first wrong space and the first wrong sign within the selection or directly beside it."""
    if reported.base_language in _OTHER_RULES:
        return []
    spans = technical_spans(reported.text)
    findings: dict[str, Finding] = {}
    for match, finding in _all(reported):
        # A reader who means " ," often selects the word behind it, or before.
        beside = match.start() <= reported.end + 1 and match.end() >= reported.start - 1
        inside = any(start < match.end() and match.start() < end for start, end in spans)
        if beside and not inside:
            findings.setdefault(finding.kind, finding)
    return list(findings.values())


def _all(reported: Reported) -> Iterator[tuple[re.Match[str], Finding]]:
    text = reported.text
    for match in _DOUBLE_SPACE.finditer(text):
        yield match, found("space", translatable("Two spaces stand in a row."))
    for match in _SPACE_BEFORE.finditer(text):
        if match[1] not in _SPACED_BEFORE.get(reported.base_language, "»%"):
            words = translatable("A space stands before %(sign)s.")
            yield match, found("space", words, sign=match[1])
    for match in _SPACE_AFTER_OPENING.finditer(text):
        yield match, found("space", translatable("A space stands after an opening bracket."))
    for match in _DOUBLED.finditer(text):
        # The full stop of an abbreviation stands before any other sign.
        if (
            match[0][0] == "."
            and match[0] != ".."
            and _ABBREVIATED.search(text[: match.start() + 1])
        ):
            continue
        yield match, found("punctuation", translatable("%(signs)s stands there."), signs=match[0])
    for match in _NO_SPACE_AFTER.finditer(text):
        yield match, found("space", translatable("No space stands after %(sign)s."), sign=match[0])
