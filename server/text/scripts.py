"""In which scripts a text is written, and in which a language is."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

# The first word of a letter's name in Unicode; the several scripts of Japanese count as one, and
# so does Chinese, whose characters Japanese and Korean borrow.
_EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO"}
_SCRIPTS = {
    "LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "SYRIAC", "THAANA",
    "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
    "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "GEORGIAN", "ETHIOPIC",
    "KHMER", "MONGOLIAN", "HANGUL",
}  # fmt: skip
_OF_LANGUAGES = {
    "GREEK": "el grc",
    "CYRILLIC": "ru uk be bg mk sr kk ky tg tt ba cv ce os ab mn sah tyv kv",
    "ARMENIAN": "hy",
    "HEBREW": "he iw yi",
    "ARABIC": "ar fa ur ps sd ug ckb ku ks dv",
    "DEVANAGARI": "hi mr ne sa kok mai bho",
    "BENGALI": "bn as",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "LAO": "lo",
    "TIBETAN": "bo dz",
    "MYANMAR": "my",
    "GEORGIAN": "ka",
    "ETHIOPIC": "am ti",
    "KHMER": "km",
    "HANGUL": "ko",
    "CJK": "zh ja yue wuu",
}
_BY_LANGUAGE = {
    language: script
    for script, languages in _OF_LANGUAGES.items()
    for language in languages.split()
}
# Languages that are written in two scripts; of BCP 47 subtags, those that name one.
_TWO_SCRIPTS = frozenset(["sr", "ku", "kk", "uz", "az", "tg", "mn", "pa", "ug"])
_LATIN = re.compile("[A-Za-z]+")
_SUBTAGS = {"latn": "LATIN", "cyrl": "CYRILLIC", "arab": "ARABIC", "grek": "GREEK"}


def letters_by_script(text: str) -> Mapping[str, int]:
    """How many letters of each script a text has, by the script's name in Unicode. What belongs
    to several scripts, such as digits and signs, counts for none."""
    if text.isascii():
        letters = len(text) - len(_LATIN.sub("", text))
        return {"LATIN": letters} if letters else {}
    counts = Counter(map(_script, unicodedata.normalize("NFKC", text)))
    counts.pop("", None)
    return counts


def scripts_of_language(tag: str) -> frozenset[str]:
    """The scripts of a BCP 47 language tag; none where it is empty."""
    subtags = re.split("[-_]", tag.strip().lower())
    if not subtags[0]:
        return frozenset()
    named = {_SUBTAGS[each] for each in subtags[1:] if each in _SUBTAGS}
    usual = {_BY_LANGUAGE.get(subtags[0], "LATIN")}
    if subtags[0] in _TWO_SCRIPTS:
        usual |= {"LATIN", "CYRILLIC", "ARABIC"}
    return frozenset(named or usual)


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    if not character.isalpha():
        return ""
    name = unicodedata.name(character, "").partition(" ")[0]
    if name in _EAST_ASIAN:
        return "CJK"
    return name if name in _SCRIPTS else ""
