"""How far the correction is from what stands there."""

from __future__ import annotations

from server.text.distance import LONG, distance, edit_kind, graphemes
from server.text.evidence.finding import Finding, Reported, translatable
from server.text.evidence.weights import found
from server.text.evidence.words import Correction

_SLIPS = {
    "accent": translatable("The correction changes accents alone."),
    "case": translatable("The correction changes capitals alone."),
    "swapped": translatable("The correction swaps two letters."),
    "doubled": translatable("The correction doubles a letter, or the reverse."),
    "missing": translatable("The correction adds one character."),
    "extra": translatable("The correction removes one character."),
    "changed": translatable("The correction changes one character."),
}
# A change of this share of the words is no slip.
REWRITTEN = 0.5


def change(reported: Reported, correction: Correction) -> list[Finding]:
    """A slip of the pen, a rewritten phrase, or nothing at all; none where there is no
    correction."""
    if not reported.suggestion:
        return []
    old, new = correction.removed.strip(), correction.added.strip()
    if correction.removed == correction.added:
        return [found("no-change", translatable("The correction is what stands there already."))]
    kind = edit_kind(old, new)
    if kind in _SLIPS:
        return [found("small-change", _SLIPS[kind], change=kind)]
    apart, lengths = distance(old, new), (len(graphemes(old)), len(graphemes(new)))
    if apart == 2 and max(lengths) >= LONG:
        return [
            found(
                "small-change", translatable("The correction changes two characters."), change="two"
            )
        ]
    only_more_or_less = apart == abs(lengths[0] - lengths[1])
    if apart > REWRITTEN * max(lengths) and max(lengths) > 3 and not only_more_or_less:
        words = translatable("The correction %(new)s is another wording.")
        return [found("rewritten", words, new=new)]
    return []
