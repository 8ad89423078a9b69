"""Letters that look alike but are of another script: a Latin “a” inside a Cyrillic word."""

from __future__ import annotations

from server.text.evidence.finding import Finding, Reported, translatable
from server.text.evidence.weights import found
from server.text.evidence.words import Word, parts_of, technical_spans, touched
from server.text.scripts import letters_by_script

# The three scripts whose letters pass for each other.
_NAMES = {"LATIN": "Latin", "CYRILLIC": "Cyrillic", "GREEK": "Greek"}
# Whole, as other languages inflect the names.
_SAID = {
    ("Latin", "Cyrillic"): translatable(
        "In %(word)s %(letter)s is a Latin letter, the others are Cyrillic."
    ),
    ("Latin", "Greek"): translatable(
        "In %(word)s %(letter)s is a Latin letter, the others are Greek."
    ),
    ("Cyrillic", "Latin"): translatable(
        "In %(word)s %(letter)s is a Cyrillic letter, the others are Latin."
    ),
    ("Cyrillic", "Greek"): translatable(
        "In %(word)s %(letter)s is a Cyrillic letter, the others are Greek."
    ),
    ("Greek", "Latin"): translatable(
        "In %(word)s %(letter)s is a Greek letter, the others are Latin."
    ),
    ("Greek", "Cyrillic"): translatable(
        "In %(word)s %(letter)s is a Greek letter, the others are Cyrillic."
    ),
}
# The letters that pass for those in the same place of the other rows: enough to tell a slip of the
# keyboard from a word that is meant to be mixed.
_LATIN = "aceopxyABCEHIKMOPTXYiu"
_CYRILLIC = "асеорхуАВСЕНІКМОРТХУіи"
_GREEK = "αcεορχγΑΒCΕΗΙΚΜΟΡΤΧΥιυ"
_LOOK_ALIKES = set(_LATIN + _CYRILLIC + _GREEK + "ѕјһԁԛԝЅЈоνκ")


def mixed_scripts(reported: Reported) -> list[Finding]:
    """A word that the selection touches with letters of two scripts."""
    spans = technical_spans(reported.text)
    for word in touched(reported.text, reported.start, reported.end):
        if any(start < word.end and word.start < end for start, end in spans):
            continue
        finding = _in_word(word)
        if finding:
            return [finding]
    return []


def _in_word(word: Word) -> Finding | None:
    for part in parts_of(word.text):
        letters = [(letter, _script_of(letter)) for letter in part]
        counts = {name: sum(script == name for _, script in letters) for name in _NAMES.values()}
        present = [name for name, count in counts.items() if count]
        if len(present) < 2:
            continue
        rare = min(present, key=lambda name: counts[name])
        strays = [letter for letter, script in letters if script == rare]
        if not _LOOK_ALIKES.issuperset(strays):
            # Nobody takes these for each other: a mixed name, or mathematics.
            continue
        present.remove(rare)
        common = max(present, key=lambda name: counts[name])
        return found("mixed-scripts", _SAID[rare, common], word=part, letter=strays[0])
    return None


def _script_of(letter: str) -> str:
    """Latin, Cyrillic or Greek; empty for any other character."""
    return _NAMES.get(next(iter(letters_by_script(letter)), ""), "")
