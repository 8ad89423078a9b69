"""Whether two quotes of one page name the same mistake.

A place is what is known of the page's text around a selection, reduced to its letters, and where
in it the mistake is. Two places are one where the texts, laid over each other, agree around the
mistake, and the mistakes then lie on each other. The rules, with their reasons and what they
achieve, are in docs/grouping.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import Indel, Postfix, Prefix

from server.text.fold import fold, plain
from server.text.mistake import Span, mistakes

# The widget takes so many code points on each side, and more where the quote is not yet unique on
# its page.
CONTEXT_STEPS = (32, 64, 128, 256)
# Letters of context that are compared on each side, unless the quote was not unique with less.
COMPARED = 48
# Letters that find a place whose own words were edited.
ANCHOR = 12
MAX_ANCHORS = 4
MAX_OCCURRENCES = 64
# How much of two mistakes must lie on each other, of the shorter one.
OVERLAP = 0.5
# A selection without a suggestion that is longer, in letters, is about more than one mistake in it.
MAX_VAGUE = 300

# Agreement of two texts: of letters that are not equal throughout, but edited.
EDITED = 0.75
BOTH_EDITED = 0.85
MISTAKE_EDITED = 0.85
UNIQUE_ONLY_AS_A_WHOLE = 0.97
# Equal letters on one side that outweigh an edit on the other, if half of that is still there.
STRONG = 24
HALF = 0.5


class Quote(NamedTuple):
    """What a submission or a report says of its place; see :class:`server.models.Report`."""

    exact: str
    prefix: str
    suffix: str
    before: str
    after: str
    suggestion: str


@dataclass(frozen=True)
class Place:
    """``text``: folded. ``spans``: the mistake, as parts of it. ``vague``: the reader did not say
    what is wrong in the selection. ``sentence``: the reader's sentence in the text; None where it
    is not known. ``repeated``: the part of the text that stands elsewhere on the page too, as the
    widget had to take more; None where it had not. ``edge``: the page begins (-1) or ends (1) where
    the text of such a place does, or neither (0)."""

    text: str
    spans: tuple[Span, ...]
    vague: bool
    sentence: Span | None
    repeated: Span | None
    edge: int
    exact: str

    @property
    def hull(self) -> Span:
        return self.spans[0][0], self.spans[-1][1]


def place_of(quote: Quote) -> Place:
    exact = plain(quote.exact).strip()
    before, after = fold(plain(quote.before)), fold(plain(quote.after))
    left = _longer(fold(plain(quote.prefix)), before, before_it=True)
    right = _longer(fold(plain(quote.suffix)), after, before_it=False)
    body = fold(exact)
    changed = mistakes(exact, plain(quote.suggestion).strip())
    begin, end = len(left), len(left) + len(body)
    repeated, edge = _repeated(quote, begin, end)
    return Place(
        text=left + body + right,
        spans=tuple((begin + start, begin + stop) for start, stop in changed) or ((begin, end),),
        vague=not changed,
        sentence=(begin - len(before), end + len(after)) if before or after else None,
        repeated=repeated,
        edge=edge,
        exact=exact,
    )


def place_hash(place: Place) -> bytes:
    """32 bytes, equal for quotes with the same surroundings and the same mistake in them."""
    # Selections of punctuation alone, without context, have nothing but themselves.
    parts = (place.text or place.exact, *(f"{start}-{end}" for start, end in place.spans))
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


def same_place(one: Place, other: Place) -> bool:
    """Whether both name the same mistake of one page."""
    return likeness(one, other) > 0


def likeness(one: Place, other: Place) -> float:
    """0 where two places differ; else how much of both selections' mistakes is common, to 1."""
    if one.text and (one.text, one.spans) == (other.text, other.spans):
        return 1.0
    small, large = sorted((one, other), key=_order)
    if not small.text or not large.text:
        return float(small.text == large.text and small.exact == large.exact)
    found = _laid_over(small, large)
    if found is None or not _agree(small, large, found):
        return 0.0
    return _common(small, large, found)


def _repeated(quote: Quote, begin: int, end: int) -> tuple[Span | None, int]:
    shortest, longest = sorted((len(quote.prefix), len(quote.suffix)))
    step = max((step for step in CONTEXT_STEPS if step < longest), default=0)
    if not step:
        return None, 0
    start = begin - len(fold(plain(quote.prefix[-step:])))
    stop = end + len(fold(plain(quote.suffix[:step])))
    at_edge = shortest <= CONTEXT_STEPS[0] / 2
    return (start, stop), 0 if not at_edge else -1 if len(quote.prefix) == shortest else 1


def _longer(one: str, other: str, *, before_it: bool) -> str:
    """The longer of two texts that both adjoin the selection; the first, if they contradict."""
    short, long = sorted((one, other), key=len)
    fits = long.endswith(short) if before_it else long.startswith(short)
    return long if fits or not one else one


def _order(place: Place) -> tuple[int, str, tuple[Span, ...], bool, int, Span, Span]:
    """The same whichever comes first, so that the comparison is symmetric."""
    start, end = place.hull
    return (
        end - start,
        place.text,
        place.spans,
        place.vague,
        place.edge,
        place.repeated or (-1, -1),
        place.sentence or (-1, -1),
    )


def _laid_over(small: Place, large: Place) -> Span | None:
    """Where the small place's mistake lies in the large one's text: where most letters around it
    agree. None where it lies nowhere."""
    start, end = small.hull

    def agreeing(at: Span) -> tuple[int, int]:
        left = Postfix.similarity(small.text[:start], large.text[: at[0]])
        right = Prefix.similarity(small.text[end:], large.text[at[1] :])
        return left + right, -at[0]

    found = [(at, at + end - start) for at in _occurrences(small.text[start:end], large.text)]
    return max(found or _anchored(small, large), key=agreeing, default=None)


def _occurrences(part: str, text: str) -> list[int]:
    found: list[int] = []
    at = text.find(part) if part else -1
    while at >= 0 and len(found) < MAX_OCCURRENCES:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _anchored(small: Place, large: Place) -> list[Span]:
    """Where the letters just before and after stand, for a mistake that has no letters or was
    edited itself."""
    start, end = small.hull
    length = end - start
    left = small.text[max(0, start - ANCHOR) : start]
    right = small.text[end : end + ANCHOR]
    begins = [at + len(left) for at in _occurrences(left, large.text)[:MAX_ANCHORS]]
    ends = _occurrences(right, large.text)[:MAX_ANCHORS]
    if not length:
        return [(at, at) for at in {*begins, *ends}]
    return [
        (begin, stop)
        for begin in begins
        for stop in ends
        if begin <= stop
        and _is_edited(small.text[start:end], large.text[begin:stop], MISTAKE_EDITED)
    ]


def _is_edited(one: str, other: str, at_least: float) -> bool:
    """Whether a text can be what an editor made of another. Numbers are not edited: they tell one
    row of a table from the next."""
    similarity = Indel.normalized_similarity(one, other, score_cutoff=at_least)
    return similarity >= at_least and not _numbers_differ(one, other)


class _Side(NamedTuple):
    """What both know on one side, from the mistake outwards."""

    one: str
    other: str
    # How many letters more are known in the small place's text than in the large one's.
    longer: int
    sentence_equal: bool

    @property
    def complete(self) -> bool:
        return self.one == self.other

    def edited(self, at_least: float) -> bool:
        return self.complete or _is_edited(self.one, self.other, at_least)


def _agree(small: Place, large: Place, at: Span) -> bool:
    left = _side(small, large, at, -1)
    right = _side(small, large, at, 1)
    if small.repeated or large.repeated:
        # Its twin on the page differs only in letters further away than usual.
        return (
            left.edited(UNIQUE_ONLY_AS_A_WHOLE)
            and right.edited(UNIQUE_ONLY_AS_A_WHOLE)
            and _told_apart(small, small.hull, left, right, 1)
            and _told_apart(large, at, left, right, -1)
        )
    if left.complete and right.complete:
        return True
    if not left.complete and not right.complete:
        return left.edited(BOTH_EDITED) and right.edited(BOTH_EDITED)
    whole, other = (left, right) if left.complete else (right, left)
    if len(whole.one) >= ANCHOR and other.sentence_equal:
        return True
    return other.edited(EDITED) or (len(whole.one) >= STRONG and other.edited(HALF))


def _told_apart(place: Place, mistake: Span, left: _Side, right: _Side, sign: int) -> bool:
    """Whether what is compared reaches beyond what stands elsewhere on the page too."""
    if place.repeated is None:
        return True
    if place.edge and sign * (left if place.edge < 0 else right).longer < 0:
        # The other has text where the page begins or ends.
        return False
    start, end = mistake[0] - len(left.one), mistake[1] + len(right.one)
    return bool(place.edge) or start < place.repeated[0] or end > place.repeated[1]


def _side(small: Place, large: Place, at: Span, direction: int) -> _Side:
    start, end = small.hull
    if direction < 0:
        one, other = small.text[:start][::-1], large.text[: at[0]][::-1]
        own = [s.sentence and p - s.sentence[0] for s, p in ((small, start), (large, at[0]))]
    else:
        one, other = small.text[end:], large.text[at[1] :]
        own = [s.sentence and s.sentence[1] - p for s, p in ((small, end), (large, at[1]))]
    known, longer = min(len(one), len(other)), len(one) - len(other)
    if not (small.repeated or large.repeated):
        known = min(known, COMPARED)
    one, other = one[:known], other[:known]
    equal = int(Prefix.similarity(one, other))
    inside = [length for length in own if length is not None and length >= 0]
    return _Side(one, other, longer, bool(inside) and equal >= min(inside))


def _numbers_differ(one: str, other: str) -> bool:
    """Whether the digits are others; the texts may end in the middle of them."""
    short, long = sorted(("".join(filter(str.isdigit, text)) for text in (one, other)), key=len)
    return short != long and not (short and long.startswith(short))


def _common(small: Place, large: Place, at: Span) -> float:
    start, end = small.hull
    ours = [(at[0] + a - start, at[1] if b == end else at[0] + b - start) for a, b in small.spans]
    theirs = large.spans
    length, longer = end - start, large.hull[1] - large.hull[0]
    if large.vague and longer > MAX_VAGUE and length < longer / 4:
        return 0.0
    vague = small.vague or large.vague
    if not all(any(_meet(a, b, vague) for b in theirs) for a in ours):
        return 0.0
    if not all(any(_meet(a, b, vague) for a in ours) for b in theirs):
        return 0.0
    return (length + 1) / (longer + 1)


def _meet(one: Span, other: Span, vague: bool) -> bool:
    """Whether two mistakes lie on each other. What is missing between two letters lies in a
    selection that holds both, or that ends there if it does not say what is wrong."""
    (a, b), (c, d) = one, other
    if a == b and c == d:
        return a == c
    if a == b or c == d:
        point, start, end = (a, c, d) if a == b else (c, a, b)
        return start <= point <= end if vague else start < point < end
    return min(b, d) - max(a, c) >= OVERLAP * min(b - a, d - c)
