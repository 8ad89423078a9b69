"""What is known of a submission before it is recorded."""

from __future__ import annotations

from dataclasses import dataclass

from server.text.place import Place
from server.text.spam import Reason


@dataclass(kw_only=True, slots=True)
class NewSubmission:
    """What one POST carried, validated, and what follows from it alone. ``url`` and ``url_hash``
    name the page (see :mod:`server.text.page_identity`), ``page_url`` is what the reader's browser
    showed; ``language`` is a BCP 47 tag or empty, ``said_language`` what the page said; ``place``
    and ``place_hash``: see :mod:`server.text.place`."""

    site_id: int
    idempotency_key: str
    url: str
    url_hash: bytes
    page_url: str
    page_title: str
    language: str
    said_language: str
    exact: str
    prefix: str
    suffix: str
    before: str
    after: str
    fragment: str
    suggestion: str
    comment: str
    widget: str
    place: Place
    place_hash: bytes
    # See server.models.Report; None where the widget did not say.
    position: int | None = None
    text_length: int | None = None
    # Which reader of the day it was; see server.reports.readers.
    reader_hash: bytes | None = None
    # Left to be thanked, checked; or empty.
    email: str = ""
    # Why it is spam, by server.text.spam; empty where it is not.
    spam_reasons: tuple[Reason, ...] = ()
    # What the page declares, which nobody vouches for.
    author: str = ""
    section: str = ""
