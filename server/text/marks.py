"""Characters that join the one before them: combining marks, selectors, joiners."""

from __future__ import annotations

import unicodedata

MAX_CLUSTER = 32
_JOINER = "\u200d"
# Leading consonants of Korean run together without end.
_LEADING = ("\u1100", "\u115f")


def has_overlong_cluster(text: str) -> bool:
    """Whether what a reader sees as one character consists of more than MAX_CLUSTER (after
    UAX #29): no language and no emoji needs so many, and few programs can draw them."""
    if text.isascii() or len(text) <= MAX_CLUSTER:
        return False
    # Whoever looks at every 32nd character and the one before it sees a part of any such cluster.
    places = range(MAX_CLUSTER - 1, len(text), MAX_CLUSTER)
    if not any(_extends(text[place]) or _extends(text[place - 1]) for place in places):
        return False
    length = 0
    for former, character in zip("\0" + text, text, strict=False):
        joined = _extends(character) or former == _JOINER
        if _leads(character):
            joined = _leads(former)
        length = length + 1 if joined else 1
        if length > MAX_CLUSTER:
            return True
    return False


def _extends(character: str) -> bool:
    return (
        unicodedata.category(character)[0] == "M"
        or character in "\u200c\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
        or _leads(character)
    )


def _leads(character: str) -> bool:
    return _LEADING[0] <= character <= _LEADING[1]
