"""The one normalisation of text, the same as in ``widget/src/text/normalise.ts``.

Both are held to ``tests/vectors/text.json``. Case and quotes are not folded: they may be the
mistake.
"""

from __future__ import annotations

import re
import unicodedata

# Half a surrogate pair: no text, and no database takes it.
_HALF = re.compile("[\ud800-\udfff]")
# What a reader does not see: NUL, soft hyphen, zero-width space, word joiner, byte order mark.
# Joiners (U+200C, U+200D) stay: they change the shape of Persian and Indic words and of emoji.
_INVISIBLE = re.compile("[\0\u00ad\u200b\u2060\ufeff]")
# White space as browsers and Unicode see it, listed because `\s` differs between languages.
_SPACE = re.compile(
    "[\t-\r\x1c-\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
)
# What nearly no text has: something of the above, or white space that is more than one space.
_ODD = re.compile(
    "[\0\u00ad\u200b\u2060\ufeff\ud800-\udfff\t-\r\x1c-\x1f\x85\xa0\u1680\u180e\u2000-\u200a\u2028"
    "\u2029\u202f\u205f\u3000]|  "
)


def normalise(text: str) -> str:
    """Halves of surrogate pairs become U+FFFD, invisible characters go, white space is one space.

    The result is NFC (UAX #15). Spaces at the ends stay, as one each: prefix and suffix need them.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text
    if not _ODD.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    seen = _INVISIBLE.sub("", _HALF.sub("\ufffd", text))
    return unicodedata.normalize("NFC", _SPACE.sub(" ", seen))
