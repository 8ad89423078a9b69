"""The same word twice in a row, which authors overlook most easily."""

from __future__ import annotations

from itertools import pairwise

from server.text.evidence.finding import Finding, Reported, translatable
from server.text.evidence.weights import found
from server.text.evidence.words import words_of

# What may stand twice in a row in good prose.
_LEGITIMATE = {
    "en": "had that very so no bye ha hear knock now there tut far many blah yes ho that's",
    "de": "die der das sie ihr den dem ihnen sehr so ja nein na",
    "fr": "nous vous se oui non très",
    "es": "muy no ya sí que",
    "it": "molto piano così sì no via poi ma",
    "pt": "muito não sim",
    "nl": "heel die dat had was ja nee",
    "ru": "очень еле едва чуть да нет ну так вот много что",
    "uk": "дуже ледве так ні ну от ось багато що",
    "pl": "bardzo tak nie no co",
}
_WORDS = {language: frozenset(words.split()) for language, words in _LEGITIMATE.items()}
# Doubling makes plurals and meanings here, as in orang orang; or words have no spaces.
_DOUBLING = {
    "id",
    "ms",
    "jv",
    "su",
    "tl",
    "fil",
    "haw",
    "mi",
    "vi",
    "th",
    "lo",
    "km",
    "my",
    "ja",
    "sw",
    "tr",
}


def repetition(reported: Reported) -> list[Finding]:
    """A word that stands twice with nothing but space between, where the selection touches it."""
    text = reported.text
    words = words_of(text)
    for first, second in pairwise(words):
        near = first.start < reported.end and second.end > reported.start
        alike = first.text.casefold() == second.text.casefold()
        if not near or not alike or not text[first.end : second.start].isspace():
            continue
        if not first.text[0].isalpha():
            continue
        language = reported.base_language
        word = first.text
        allowed = (
            language in _DOUBLING
            or word.casefold() in _WORDS.get(language, frozenset())
            # A name, as in Duran Duran.
            or (word[:1].isupper() and second.text[:1].isupper())
        )
        if allowed:
            said = translatable("%(word)s stands twice in a row, which can be right.")
            return [found("repeated-legitimate", said, word=word)]
        return [found("repeated", translatable("%(word)s stands twice in a row."), word=word)]
    return []
