"""The words of a sentence, those that a selection touches, and what kind of word each is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from server.text.evidence.finding import Reported

_JOINERS = "\u200c\u200d"
_INSIDE = "'’ʼ-\u2010\u2011·"
_HYPHENS = re.compile("[-\u2010\u2011]")
# Addresses, accounts, tags and files are no words of a language.
_TECHNICAL = re.compile(
    r"""(?: [a-z][a-z0-9+.-]*:// | www\. | [@\#/\\~] )\S+
      | \S+@\S+
      | [\w-]+ (?: \.[\w-]+ )* \. (?: com | org | net | edu | gov | info | io | co | uk | de | fr
        | es | ru | ua | pl | it | html? | pdf | js | py ) \b \S*""",
    re.IGNORECASE | re.VERBOSE,
)
# What is longer and has no space is looked at no closer: the time would grow with its square.
LONGEST_CHUNK = 200
# What a sentence ends with, and what may follow before the next begins.
_SENTENCE_END = re.compile(r"""(?:^|[.!?…:•\n|])["'“”„«»‘’()\[\]¿¡–—\s-]*$""")


@dataclass(frozen=True)
class Word:
    """``text[start:end]``; never empty."""

    start: int
    end: int
    text: str


def words_of(text: str) -> list[Word]:
    """Runs of letters, digits and marks, with single apostrophes and hyphens inside."""
    found: list[Word] = []
    start = -1
    for index, character in enumerate(text):
        if _of_a_word(character):
            start = index if start < 0 else start
            continue
        inside = (
            start >= 0
            and character in _INSIDE
            and index + 1 < len(text)
            and _of_a_word(text[index + 1])
        )
        if start >= 0 and not inside:
            found.append(Word(start, index, text[start:index]))
            start = -1
    if start >= 0:
        found.append(Word(start, len(text), text[start:]))
    return found


def touched(text: str, start: int, end: int) -> list[Word]:
    """The words that ``text[start:end]`` overlaps, whole."""
    return [word for word in words_of(text) if word.start < end and word.end > start]


def technical_spans(text: str) -> list[tuple[int, int]]:
    """Where web addresses, mail addresses, accounts and file names stand."""
    spans = []
    for chunk in re.finditer(r"\S+", text):
        if chunk.end() - chunk.start() <= LONGEST_CHUNK:
            spans += [match.span() for match in _TECHNICAL.finditer(text, *chunk.span())]
        elif re.search(r"[@/\\#.]", chunk[0]):
            spans.append(chunk.span())
    return spans


def is_checkable(word: str) -> bool:
    """Whether a dictionary can say anything: letters alone, and more than one of them."""
    letters = sum(character.isalpha() for character in word)
    return letters > 1 and not any(character.isdigit() for character in word)


def parts_of(word: str) -> list[str]:
    """The parts of a compound that is written with hyphens; the word itself where it has none."""
    return [part for part in _HYPHENS.split(word) if part]


def shape_of(word: Word, text: str) -> str:
    """``plain``, ``start`` (capital where a sentence begins), ``name`` (capital elsewhere),
    ``acronym`` or ``camel`` (capitals inside)."""
    letters = [character for character in word.text if character.isalpha()]
    upper = [character.isupper() or character.istitle() for character in letters]
    if not any(upper):
        return "plain"
    if all(upper):
        return "acronym" if len(letters) <= 6 else "plain"
    if any(upper[1:]):
        compound = [part for part in parts_of(word.text) if not part.isupper()]
        if any(character.isupper() for part in compound for character in part[1:]):
            return "camel"
    if not upper[0]:
        return "plain"
    return "start" if _SENTENCE_END.search(text[: word.start]) else "name"


@dataclass(frozen=True)
class Correction:
    """What the words become: those the selection touched, and those in their place."""

    old: list[Word]
    new: list[Word]
    old_text: str
    new_text: str
    # The two stretches of text that differ, widened to whole words.
    removed: str
    added: str


def correction_of(reported: Reported) -> Correction:
    """The words before and after the reader's correction.

    A reader who selects part of a word may write the new part or the new word: the reading that
    changes less is taken.
    """
    text, start, end = reported.text, reported.start, reported.end
    old = touched(text, start, end)
    left = min([start, *(word.start for word in old)])
    right = max([end, *(word.end for word in old)])
    readings = [(start, end)] if (left, right) == (start, end) else [(start, end), (left, right)]
    choices = [text[left:a] + reported.suggestion + text[b:right] for a, b in readings]
    removed = text[left:right]
    # The shorter common rest stands for the smaller change; the first reading wins a draw.
    added = min(choices, key=lambda choice: _changed(removed, choice))
    new_text = text[:left] + added + text[right:]
    return Correction(
        old=old,
        new=touched(new_text, left, left + len(added)),
        old_text=text,
        new_text=new_text,
        removed=removed,
        added=added,
    )


def _changed(old: str, new: str) -> int:
    """How many characters lie between the common beginning and the common end."""
    first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    if first is None:
        return abs(len(old) - len(new))
    rest = min(len(old), len(new)) - first
    last = 0
    while last < rest and old[-1 - last] == new[-1 - last]:
        last += 1
    return max(len(old), len(new)) - first - last


def _of_a_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM" or character in _JOINERS
