"""Every kind of finding: its points, and its label for a row of the queue.

The table in docs/evidence.md is held to this one by a test.
"""

from __future__ import annotations

from typing import Any

from server.text.evidence.finding import Finding

WEIGHTS: dict[str, tuple[int, str]] = {
    # The dictionary, without looking at what the reader suggests.
    "unknown-near": (28, "not in the dictionary"),
    "unknown": (2, "not in the dictionary"),
    "unknown-run-together": (28, "two words in one"),
    "unknown-compound": (-10, "perhaps a new compound"),
    "unknown-capitals": (25, "capitals inside a word"),
    "unknown-name": (-12, "perhaps a name"),
    "unknown-english": (-15, "an English word"),
    "unknown-again": (-15, "written so twice"),
    "known": (-10, "in the dictionary"),
    # What the reader suggests.
    "becomes-known": (22, "the correction is in the dictionary"),
    "becomes-other": (-5, "rewritten"),
    "becomes-unknown": (-30, "the correction is not in the dictionary"),
    "stays-unknown": (-25, "the correction is not in the dictionary"),
    "stays-known": (0, "both are words"),
    "dictionary-agrees": (15, "the dictionary agrees"),
    "small-change": (8, "a slip of a letter"),
    "rewritten": (-20, "rewritten"),
    "no-change": (-15, "the correction changes nothing"),
    # The text itself.
    "repeated": (45, "a word twice"),
    "repeated-legitimate": (5, "a word twice"),
    "mixed-scripts": (45, "letters of two scripts"),
    "space": (40, "a wrong space"),
    "punctuation": (35, "wrong punctuation"),
    # Readers.
    "readers": (0, "several readers"),
    # Nothing for, nothing against.
    "no-dictionary": (0, ""),
    "not-checked": (0, ""),
    "not-examined": (0, ""),
}


def found(kind: str, sentence: str, *, weight: int | None = None, **detail: Any) -> Finding:
    """A finding of a kind, with its points unless ``weight`` says otherwise; see :class:`Finding`
    for the sentence and what it quotes."""
    points, label = WEIGHTS[kind]
    detail = {name: str(value) for name, value in detail.items()}
    return Finding(kind, points if weight is None else weight, sentence, label, detail)
