"""Terms of the database in the language that is spoken."""

from __future__ import annotations

from typing import Any

from server.language import lazy
from server.notify.evidence_words import labels_in_this_language

TERMS: dict[str, Any] = {
    # Of a report.
    "open": lazy("open"),
    "fixed": lazy("fixed"),
    "rejected": lazy("rejected"),
    "spam": lazy("spam"),
    # How certain a mistake is.
    "likely": lazy("likely"),
    "possible": lazy("possible"),
    "unclear": lazy("unclear"),
    # Of a message.
    "queued": lazy("queued"),
    "sent": lazy("sent"),
    "kept": lazy("kept"),
    "failed": lazy("failed"),
    "held": lazy("held"),
    # What a member may do.
    "owner": lazy("owner"),
    "editor": lazy("editor"),
    "viewer": lazy("viewer"),
}


def in_words(term: str) -> str:
    """A term of the database, or a label of evidence, as a page shows it; any other as it is."""
    if term in TERMS:
        return str(TERMS[term])
    return labels_in_this_language().get(term, term)
