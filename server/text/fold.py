"""Text reduced to what names a place: its letters, digits and symbols."""

from __future__ import annotations

import html
import unicodedata

from server.text.normalise import normalise

_TATWEEL = 0x0640
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


class _Kept(dict[int, int | None]):
    """For ``str.translate``: None for punctuation, separators, controls and what only changes
    shapes; each character is looked up in Unicode once."""

    def __missing__(self, code: int) -> int | None:
        dropped = (
            unicodedata.category(chr(code))[0] in "PZC"
            or code == _TATWEEL
            or code in _VARIATION_SELECTORS
        )
        self[code] = None if dropped else code
        return self[code]


_KEPT = _Kept()
_DROPPED = bytes(code for code in range(128) if _KEPT[code] is None)


def fold(text: str) -> str:
    """Letters, marks, digits and symbols alone, without case, decomposed (NFKD).

    Pages are edited in white space, quotes and dashes, and browsers differ in them. The folded
    form of a whole is that of its parts, one after the other, where no part begins with a mark.
    """
    if text.isascii():
        return text.lower().encode().translate(None, _DROPPED).decode()
    # Compatibility caseless matching, the Unicode Standard, section 3.13, D146.
    caseless = unicodedata.normalize("NFD", text).casefold()
    caseless = unicodedata.normalize("NFKD", caseless).casefold()
    kept = unicodedata.normalize("NFKD", caseless).translate(_KEPT)
    # Marks that what was dropped had parted stand in their order.
    return unicodedata.normalize("NFKD", kept)


def plain(text: str) -> str:
    """Normalised, with character references that a page shows by mistake read as what they mean."""
    return normalise(html.unescape(text) if "&" in text else text)
