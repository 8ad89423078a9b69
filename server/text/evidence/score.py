"""From findings to one number, and from the number to a word."""

from __future__ import annotations

from collections.abc import Iterable

from server.text.evidence.finding import Finding

# A reader took the trouble to report it. A report that has not been examined has this score too.
BASE = 40
# At and above: "likely" a mistake. Measured in docs/evidence.md.
LIKELY = 65
# At and above: "possible"; below it is "unclear".
POSSIBLE = 35
LEVELS = ("likely", "possible", "unclear")


def score_of(findings: Iterable[Finding]) -> int:
    """BASE and the weights of all findings, kept within 0 to 100."""
    return max(0, min(100, BASE + sum(finding.weight for finding in findings)))


def level_of(score: int) -> str:
    """The word for a score: one of LEVELS."""
    if score >= LIKELY:
        return "likely"
    return "possible" if score >= POSSIBLE else "unclear"
