"""What the text itself says for and against a reported mistake. Pure: no Flask, no database.

:func:`examine` gives findings. Each has a weight in points and a sentence for editors, and the
score is the plain sum, so that an editor can follow it: see :mod:`server.text.evidence.score`.
"""

from server.text.evidence.examine import examine
from server.text.evidence.finding import Finding, Reported
from server.text.evidence.score import BASE, LEVELS, LIKELY, POSSIBLE, level_of, score_of

__all__ = [
    "BASE",
    "LEVELS",
    "LIKELY",
    "POSSIBLE",
    "Finding",
    "Reported",
    "examine",
    "level_of",
    "score_of",
]
