"""Make visible what hides: control, bidirectional and zero-width characters."""

from __future__ import annotations

import re

_NAMES = {
    "\u00ad": "SHY",
    "\u061c": "ALM",
    "\u200b": "ZWSP",
    "\u200e": "LRM",
    "\u200f": "RLM",
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
    "\ufeff": "BOM",
}
# Joiners inside Persian and Indic words and emoji are ordinary; tag characters are not.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with each hidden character as a token such as ``⟨RLO⟩`` or ``⟨U+0007⟩``.

    A tab and a line feed stay; they are laid out.
    """
    return _HIDDEN.sub(lambda match: f"⟨{_NAMES.get(match[0], f'U+{ord(match[0]):04X}')}⟩", text)
