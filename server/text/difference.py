"""The difference between what is and what should be, as an editor reads it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

Part = tuple[Literal["same", "removed", "added"], str]

# A word, a run of white space, or one other sign; combining marks and joiners stay with theirs.
_TOKEN = re.compile(r"\w[\w\u0300-\u036f\u200c\u200d'’-]*|\s+|.", re.DOTALL)


def difference(old: str, new: str) -> list[Part]:
    """Parts that stay, go and come, in reading order; whole words, as single letters crossed out
    inside a word are hard to read. Empty ``new`` is a deletion."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    parts: list[Part] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for operation, a_start, a_end, b_start, b_end in matcher.get_opcodes():
        removed, added = "".join(before[a_start:a_end]), "".join(after[b_start:b_end])
        if operation == "equal":
            parts.append(("same", removed))
            continue
        if removed:
            parts.append(("removed", removed))
        if added:
            parts.append(("added", added))
    return parts
