"""The difference between what is and what should be, as an editor reads it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

from server.text.visible import visible

Part = tuple[Literal["same", "removed", "added"], str]
# As of SequenceMatcher.get_opcodes: what, from where to where in the old, in the new.
Operation = tuple[str, int, int, int, int]

_JOINER = "\u200d"
_INSIDE_WORDS = "'’-\u2010\u2011"
_ASCII_TOKEN = re.compile(r"\w+(?:['-]\w+)*|\s+|.")
# Written without spaces between words: one sign is the smallest thing that can be wrong.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff]"
)
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]")
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")


def difference(old: str, new: str) -> list[Part]:
    """Parts that stay, go and come, in reading order.

    Whole words, as single letters crossed out inside a word are hard to read; single characters
    where a script has no spaces. No character is parted from its accents, vowel signs or joiners
    (after the grapheme clusters of UAX #29). Empty ``new`` is a deletion.
    """
    before, after = tokens_of(old), tokens_of(new)
    parts: list[Part] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for operation, a_start, a_end, b_start, b_end in _joined(matcher.get_opcodes(), before):
        removed, added = "".join(before[a_start:a_end]), "".join(after[b_start:b_end])
        if operation == "equal":
            parts.append(("same", removed))
            continue
        if removed:
            parts.append(("removed", removed))
        if added:
            parts.append(("added", added))
    return parts


def shown_difference(old: str, new: str) -> list[Part]:
    """The same for people: hidden characters named, and a space visible where it is what comes
    or goes."""
    return [
        (kind, visible(text.replace(" ", "␣") if kind != "same" and text.isspace() else text))
        for kind, text in difference(old, new)
    ]


def _joined(operations: Sequence[Operation], before: list[str]) -> list[Operation]:
    """Two replacements with nothing but a space between them read better as one."""
    joined: list[Operation] = []
    for index, operation in enumerate(operations):
        kind, a_start, a_end, _, b_end = operation
        former = joined[-1] if joined else operation
        follows = operations[index + 1][0] if index + 1 < len(operations) else ""
        space_between = (
            former[0] == follows == "replace" and "".join(before[a_start:a_end]).isspace()
        )
        if joined and former[0] == "replace" and (kind == "replace" or space_between):
            joined[-1] = ("replace", former[1], a_end, former[3], b_end)
        else:
            joined.append(operation)
    return joined


def tokens_of(text: str) -> list[str]:
    """Words, runs of white space, and single other characters; joined they are the text."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text)
    tokens: list[str] = []
    former = ""
    for index, character in enumerate(text):
        kind = _kind(character)
        if tokens and (kind == "extender" or text[index - 1] == _JOINER):
            tokens[-1] += character
            continue
        if former == "word" and character in _INSIDE_WORDS:
            kind = "word" if _kind(text[index + 1 : index + 2]) == "word" else "sign"
        # Two letters make a flag.
        runs_on = kind in ("word", "space") or (former == kind == "flag" and len(tokens[-1]) == 1)
        if kind == former and runs_on:
            tokens[-1] += character
        else:
            tokens.append(character)
        former = kind
    return tokens


def _kind(character: str) -> str:
    """Of one character: word, character, space, extender, flag or sign. Empty for none."""
    if not character:
        return ""
    category = unicodedata.category(character)
    if category[0] == "M" or character in "\u200c\u200d" or _SKIN_TONES.match(character):
        return "extender"
    if character.isspace():
        return "space"
    if _UNSPACED.match(character):
        return "character"
    if _FLAGS.match(character):
        return "flag"
    return "word" if category[0] in "LN" or character == "_" else "sign"
