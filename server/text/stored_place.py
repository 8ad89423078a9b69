"""A place in writing: a report keeps its own, so that comparing it with what comes later does not
begin with its whole quote again."""

from __future__ import annotations

import json

from server.text.place import Place

# Changes with what places are made of; a place that was written before is made anew from its quote.
FORM = 1


def written(place: Place) -> str:
    """A place as JSON."""
    return json.dumps(
        [
            FORM,
            place.text,
            place.spans,
            place.vague,
            place.sentence,
            place.repeated,
            place.edge,
            place.exact,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def read(text: str | None) -> Place | None:
    """The place that was written; None where there is none, or one of another form."""
    if not text or not text.startswith(f"[{FORM},"):
        return None
    _, folded, spans, vague, sentence, repeated, edge, exact = json.loads(text)
    return Place(
        text=folded,
        spans=tuple((start, end) for start, end in spans),
        vague=vague,
        sentence=None if sentence is None else (sentence[0], sentence[1]),
        repeated=None if repeated is None else (repeated[0], repeated[1]),
        edge=edge,
        exact=exact,
    )
