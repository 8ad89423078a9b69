"""Make visible what hides: control, bidirectional and invisible characters, and floods of marks.

No character that steers the direction of text is left as it is, so that none can reach beyond the
text it stands in, balanced or not.
"""

from __future__ import annotations

import re
import unicodedata

# More marks over one letter are no language's; they cover the lines around.
MAX_OVERLAID = 8
# Marks over and under letters, of the scripts that floods are made of.
_OVERLAID = (
    "\u0300-\u034e\u0350-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc"
    "\u06df-\u06e4\u0e34-\u0e3a\u0e47-\u0e4e\u0eb4-\u0ebc\u0ec8-\u0ecd\u1ab0-\u1ace\u1dc0-\u1dff"
    "\u20d0-\u20f0\u302a-\u302d\u3099\u309a\ufe20-\ufe2f"
)

_NAMES = {
    "\u00ad": "SHY",
    "\u034f": "CGJ",
    "\u061c": "ALM",
    "\u115f": "HCF",
    "\u1160": "HJF",
    "\u180e": "MVS",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2028": "LS",
    "\u2029": "PS",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u2800": "BLANK",
    "\u3164": "HF",
    "\ufeff": "BOM",
    "\uffa0": "HHF",
    "\ufffc": "OBJ",
}
_ALWAYS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_HIDDEN = re.compile(
    # The flags of regions such as Scotland.
    r"(?P<flag>\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)"
    rf"|(?P<flood>[{_OVERLAID}]{{{MAX_OVERLAID + 1},}})"
    rf"|(?P<selector>[{_SELECTORS}])"
    r"|(?P<joiner>[\u200c\u200d])"
    rf"|[{_ALWAYS}]"
)
# In these scripts, and beside no letter at all, a joiner does nothing but hide.
_JOINED_BY_NOTHING = re.compile(
    "[\u0000-\u058f\u1e00-\u1fff\u3000-\u9fff\uac00-\ud7a3\uff00-\uffef]"
)
_IDEOGRAPHS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def visible(text: str) -> str:
    """The text with each hidden character as a token such as ``⟨RLO⟩`` or ``⟨U+0007⟩``, and with
    no more than MAX_OVERLAID marks on a letter.

    A tab and a line feed stay; they are laid out. Selectors and joiners stay where they belong:
    in emoji, and in words of scripts that are written with them. Doing it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_token, text)


def _token(match: re.Match[str]) -> str:
    found, text = match[0], match.string
    former, following = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if match["flag"]:
        return found
    if match["flood"]:
        return f"{found[:MAX_OVERLAID]}⟨+{len(found) - MAX_OVERLAID} marks⟩"
    if match["selector"] and _selects(former):
        return found
    if match["joiner"] and _joins(former, following):
        return found
    return f"⟨{_NAMES.get(found) or _number(found)}⟩"


def _number(character: str) -> str:
    point = ord(character)
    if 0xFE00 <= point <= 0xFE0F:
        return f"VS{point - 0xFE00 + 1}"
    return f"U+{point:04X}"


def _selects(former: str) -> bool:
    """Whether a character has variants to select from: signs, digits of keycaps, ideographs."""
    return bool(former) and (
        unicodedata.category(former) in ("So", "Sm", "Po", "Nd")
        or _IDEOGRAPHS.match(former) is not None
        or "\u1800" <= former <= "\u18af"
        or former in "\u203c\u2049\u3030\u303d"
    )


def _joins(former: str, following: str) -> bool:
    """Whether a joiner stands at a letter or an emoji that is written with joiners."""
    return any(
        not _JOINED_BY_NOTHING.match(beside) and unicodedata.category(beside)[0] in "LMSC"
        for beside in (former, following)
        if beside
    )
