"""Which submissions name the same place.

A place is the normalised selection with the text directly around it. The widget lets prefix and
suffix grow until the quote is unique on its page, so two readers who select the same words send
the same surroundings up to the shorter of their lengths.
"""

from __future__ import annotations

import hashlib

from server.text.normalise import normalise

# Enough to tell apart two occurrences of a word, short enough that an edit further away in the
# sentence does not make a new place.
CONTEXT_LENGTH = 32


def place_hash(exact: str, prefix: str, suffix: str) -> bytes:
    """32 bytes that stand for a place on a page."""
    parts = (
        normalise(prefix).strip()[-CONTEXT_LENGTH:].strip(),
        normalise(exact).strip(),
        normalise(suffix).strip()[:CONTEXT_LENGTH].strip(),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).digest()
