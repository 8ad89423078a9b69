"""What a dictionary says about the words that were reported, and about those in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.text.distance import LONG, distance, edit_kind
from server.text.evidence.finding import Finding, Reported, translatable
from server.text.evidence.weights import found
from server.text.evidence.words import (
    Correction,
    Word,
    is_checkable,
    parts_of,
    shape_of,
    technical_spans,
    words_of,
)

# Suggestions take 100 ms each, so of a selected paragraph the first strange words speak for all.
MOST_EXAMINED = 2
# A short word has a neighbour whatever it is.
SHORT = 4
# All nouns have a capital: it does not tell a name.
_NOUNS_CAPITALISED = {"de", "lb"}
_APOSTROPHES = str.maketrans("’ʼ\u2010\u2011", "''--")


class Speller(Protocol):
    """A language's dictionary."""

    def known(self, words: Sequence[str]) -> list[bool | None]:
        """For each word whether the dictionary has it; None where it cannot say."""

    def suggestions(self, word: str) -> list[str]:
        """What the dictionary would write instead, the likeliest first."""


@dataclass(frozen=True)
class Strange:
    """A word that the dictionary lacks. ``near``: the word of the dictionary that a slip of the
    pen leads away from; ``offers``: all that the dictionary suggests."""

    word: Word
    shape: str
    near: str
    offers: tuple[str, ...]


def spelling(
    reported: Reported, correction: Correction, speller: Speller, english: Speller | None = None
) -> list[Finding]:
    """Findings on the words that change; on all that the selection touches where the reader
    suggests nothing. ``english`` tells English words in other languages."""
    old = _checkable(_changed(correction.old, correction.new, reported), correction.old_text)
    if not old:
        return []
    verdicts = lookup([word.text for word in old], speller, reported.base_language)
    unknown = [word for word, known in zip(old, verdicts, strict=True) if known is False]
    if not unknown and None in verdicts:
        return [found("not-checked", translatable("The dictionary could not check these words."))]
    strange = [_strange(word, reported, speller) for word in unknown[:MOST_EXAMINED]]
    findings = _about_words(reported, old, strange, english)
    if reported.suggestion:
        findings += _about_correction(reported, correction, strange, speller)
    return findings


def lookup(words: Sequence[str], speller: Speller, language: str) -> list[bool | None]:
    """For each word whether the dictionary knows it, whole, without ``'s``, behind an elision as
    in ``l'eau``, or by the parts of its hyphens."""
    plain = [word.translate(_APOSTROPHES) for word in words]
    verdicts = list(speller.known(plain))
    for place, verdict in enumerate(verdicts):
        for parts in _readings(plain[place], language) if verdict is False else ():
            if all(known is not False for known in speller.known(parts)):
                verdicts[place] = True
                break
    return verdicts


def _readings(word: str, language: str) -> list[list[str]]:
    """Other ways to see a word that is not in the dictionary as a whole."""
    readings = []
    stem, apostrophe, ending = word.rpartition("'")
    if apostrophe and ending.lower() in ("s", ""):
        readings.append([stem])
    elif apostrophe and language in ("fr", "it", "ca", "oc", "br"):
        readings.append([ending])
    parts = [part for part in parts_of(word) if is_checkable(part)]
    if len(parts_of(word)) > 1:
        readings.append(parts)
    return readings


def _changed(old: list[Word], new: list[Word], reported: Reported) -> list[Word]:
    """The old words that the correction does not keep."""
    if not reported.suggestion:
        return old
    kept = [word.text for word in new]
    changed = []
    for word in old:
        if word.text in kept:
            kept.remove(word.text)
        else:
            changed.append(word)
    return changed


def _checkable(words: list[Word], text: str) -> list[Word]:
    spans = technical_spans(text)
    return [
        word
        for word in words
        if is_checkable(word.text)
        and not any(start < word.end and word.start < end for start, end in spans)
    ]


def _strange(word: Word, reported: Reported, speller: Speller) -> Strange:
    offers = tuple(speller.suggestions(word.text.translate(_APOSTROPHES)))
    near = next((offer for offer in offers if _is_near(word.text, offer)), "")
    shape = shape_of(word, reported.text)
    if shape == "name" and reported.base_language in _NOUNS_CAPITALISED:
        shape = "plain"
    return Strange(word, shape, near, offers)


def _is_near(word: str, offer: str) -> bool:
    if " " in offer or len(word) < SHORT:
        return edit_kind(word, offer) == "swapped"
    kind = edit_kind(word.casefold(), offer.casefold())
    if kind in ("accent", "swapped", "doubled"):
        return True
    if kind in ("missing", "extra", "changed"):
        return len(word) > SHORT
    return len(word) >= LONG and distance(word.casefold(), offer.casefold()) == 2


def _about_words(
    reported: Reported, old: list[Word], strange: list[Strange], english: Speller | None
) -> list[Finding]:
    if not strange:
        words = " ".join(word.text for word in old)
        if len(old) == 1:
            return [found("known", translatable("%(word)s is in the dictionary."), word=words)]
        return [found("known", translatable("%(word)s are all in the dictionary."), word=words)]
    findings = [_about_one(strange[0])]
    word = strange[0].word.text
    if findings[0].kind != "unknown-capitals" and _again(strange[0].word, reported):
        words = translatable("%(word)s stands in this text a second time.")
        findings.append(found("unknown-again", words, word=word))
    if english and lookup([word], english, "en") == [True]:
        words = translatable("%(word)s is an English word.")
        findings.append(found("unknown-english", words, word=word))
    return findings


def _about_one(strange: Strange) -> Finding:
    word, near = strange.word.text, strange.near
    together = [offer for offer in strange.offers if offer.replace(" ", "") == word]
    if strange.shape == "camel" and {word.capitalize(), word.lower()} & set(strange.offers):
        words = translatable("%(word)s is not in the dictionary with these capitals.")
        return found("unknown-capitals", words, word=word)
    if strange.shape in ("camel", "name", "acronym"):
        words = translatable(
            "%(word)s is not in the dictionary, but its capitals look like a name."
        )
        return found("unknown-name", words, word=word)
    if near:
        words = translatable("%(word)s is not in the dictionary; %(near)s is, and looks alike.")
        return found("unknown-near", words, word=word, near=near)
    if together:
        parts = together[0].split(" ")
        if min(map(len, parts)) > 3 or max(map(len, parts)) < 3:
            words = translatable("%(word)s is not in the dictionary; it is made of %(near)s.")
            return found("unknown-compound", words, word=word, near=together[0])
        words = translatable("%(word)s is not in the dictionary; %(near)s would be.")
        return found("unknown-run-together", words, word=word, near=together[0])
    return found("unknown", translatable("%(word)s is not in the dictionary."), word=word)


def _again(word: Word, reported: Reported) -> bool:
    return any(
        other.text == word.text and other.start != word.start for other in words_of(reported.text)
    )


def _about_correction(
    reported: Reported, correction: Correction, strange: list[Strange], speller: Speller
) -> list[Finding]:
    kept = [word.text for word in correction.old]
    new = [
        word.text
        for word in _checkable(correction.new, correction.new_text)
        if word.text not in kept
    ]
    verdicts = lookup(new, speller, reported.base_language)
    words = " ".join(new)
    if False in verdicts:
        if strange:
            said = translatable("The correction %(word)s is not in the dictionary either.")
            return [found("stays-unknown", said, word=words)]
        said = translatable("The correction %(word)s is not in the dictionary.")
        return [found("becomes-unknown", said, word=words)]
    if not new or None in verdicts:
        return []
    if strange:
        return _becomes_known(words, strange)
    said = translatable("%(word)s is in the dictionary as well.")
    return [found("stays-known", said, word=words)]


def _becomes_known(words: str, strange: list[Strange]) -> list[Finding]:
    offers = {offer.casefold() for each in strange for offer in each.offers}
    agrees = words.translate(_APOSTROPHES).casefold() in offers
    if not agrees and not _is_near(strange[0].word.text, words):
        said = translatable(
            "The correction %(word)s is in the dictionary, but is quite another word."
        )
        return [found("becomes-other", said, word=words)]
    said = translatable("The correction %(word)s is in the dictionary.")
    findings = [found("becomes-known", said, word=words)]
    if agrees:
        said = translatable("The dictionary suggests the same correction.")
        findings.append(found("dictionary-agrees", said, word=words))
    return findings
