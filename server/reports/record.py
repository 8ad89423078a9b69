"""Record submissions: store them, join them with what others reported about the same place.

Several are recorded in one transaction: what is known of them is read at once
(:mod:`server.reports.known`), decided in memory (:mod:`server.reports.joining`), and written at
once, with a statement for each table (:mod:`server.reports.ledger`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from server.clock import now
from server.models.base import new_public_id
from server.reports import ledger
from server.reports.joining import Joining
from server.reports.known import (
    SAID,
    Draft,
    Known,
    PageKey,
    Values,
    event_ids_of_now,
    look,
)
from server.reports.submission import NewSubmission
from server.statements import Statements


@dataclass(frozen=True)
class Recorded:
    """The answer to one submission: its public id, ``new`` or ``known``, and how many readers
    reported the place, this one among them."""

    submission: uuid.UUID
    status: str
    readers: int


@dataclass(frozen=True)
class Happened:
    """What a submission did to its report. ``kind``: ``opened``, ``joined`` or ``reopened``;
    ``open``: whether the report then was."""

    site_id: int
    report_id: int
    event_id: int
    kind: str
    readers: int
    at: datetime
    open: bool = True


def record_submissions(
    connection: Connection,
    batch: Sequence[NewSubmission],
    also: Callable[[Statements, Sequence[Happened]], None],
) -> list[Recorded]:
    """Store submissions and their reports within the caller's write transaction, in order, with
    what is written ``also`` because of what happened.

    Gives an answer for each. A known idempotency key stores nothing and gives the first answer
    again, whatever else the request says: a reader who sends a second time, with one word more, has
    been heard.

    Spam is stored and changes nothing that is known: it opens no closed report and counts as no
    reader. A place that only spam named has a report among the spam, of which nobody hears until
    somebody honest names the place, or an editor opens it.
    """
    by_key = {_key(new): new for new in reversed(batch)}
    known = look(connection, by_key.values())
    answers = {key: Recorded(*answer) for key, answer in known.answers.items() if key in by_key}
    fresh = [new for key, new in reversed(by_key.items()) if key not in answers]
    if fresh:
        written = Statements(connection)
        acts = _decide(connection, fresh, known, written)
        also(written, _write(written, acts, known.event_ids))
        written.run()
        ledger.write_contacts(connection, [_contact(act) for act in acts if act.new.email])
        for act in acts:
            status = "new" if act.kind == "opened" else "known"
            answers[_key(act.new)] = Recorded(act.public_id, status, act.readers)
    return [answers[_key(new)] for new in batch]


@dataclass(frozen=True, slots=True)
class _Act:
    """One new submission, and what it does to its report."""

    new: NewSubmission
    public_id: uuid.UUID
    draft: Draft
    kind: str
    readers: int
    at: datetime


def _key(new: NewSubmission) -> tuple[int, str]:
    return new.site_id, new.idempotency_key


def _decide(
    connection: Connection, fresh: list[NewSubmission], known: Known, written: Statements
) -> list[_Act]:
    moment = now()
    pages = _pages(connection, fresh, known, written, moment)
    joining = Joining(connection, known)
    acts = []
    for new in fresh:
        draft, kind = joining.report(pages[new.site_id, new.url_hash], new, moment)
        # Whoever sends spam reads what everybody reads.
        readers = draft.values["readers"] + (kind == "ignored")
        acts.append(_Act(new, new_public_id(), draft, kind, readers, moment))
    if joining.has_waited:
        known.event_ids = event_ids_of_now(connection, len(known.event_ids))
    ledger.write_reports(written, joining.drafts)
    return acts


def _pages(
    connection: Connection,
    fresh: list[NewSubmission],
    known: Known,
    written: Statements,
    moment: datetime,
) -> dict[PageKey, int]:
    """The ids of the submissions' pages, which are made or renamed where need be."""
    said: dict[PageKey, dict[str, str]] = {}
    seen: dict[PageKey, Values] = {}
    for new in fresh:
        key = new.site_id, new.url_hash
        # Where several speak of one page the last counts.
        said.setdefault(key, {}).update(_said(new))
        page = {"site_id": new.site_id, "url": new.url, "url_hash": new.url_hash}
        seen[key] = page | dict.fromkeys(SAID, "") | {"created_at": moment}
        # Better than none, where nobody else says it.
        seen[key]["language"] = new.language
    stored = {key: known.pages[key] for key in seen if key in known.pages}
    named = {key: page | said[key] for key, page in stored.items()}
    ledger.rename_pages(written, [named[key] for key in stored if named[key] != stored[key]])
    ids = {key: page["id"] for key, page in stored.items()}
    missing = [page | said[key] for key, page in seen.items() if key not in ids]
    return ids | (ledger.write_pages(connection, missing) if missing else {})


def _said(new: NewSubmission) -> dict[str, str]:
    """What a submission says of its page. Editors know the page by it: spam says nothing."""
    if new.spam_reasons:
        return {}
    said = {
        "title": new.page_title,
        "language": new.language,
        "author": new.author,
        "section": new.section,
    }
    return {name: value for name, value in said.items() if value}


def _write(written: Statements, acts: list[_Act], event_ids: Sequence[int]) -> list[Happened]:
    ledger.write_submissions(written, [_submission(act) for act in acts])
    # In the order in which it happened: a report's history is read by the events' ids.
    told = [(act, kind, source) for act in acts for kind, source in _tells(act)]
    events = list(zip(event_ids, told, strict=False))
    ledger.write_events(written, [_event(event_id, *each) for event_id, each in events])
    return [
        Happened(
            site_id=act.new.site_id,
            report_id=act.draft.id,
            event_id=event_id,
            kind=act.kind,
            open=act.draft.values["status"] == "open",
            readers=act.readers,
            at=act.at,
        )
        for event_id, (act, _, _) in events
        if not act.new.spam_reasons
    ]


def _tells(act: _Act) -> list[tuple[str, str]]:
    """The events of a submission, each with its source. Spam on a known place is none."""
    if not act.new.spam_reasons:
        return [(act.kind, "widget")]
    return [("opened", "widget"), ("spam", "rule")] if act.kind == "opened" else []


def _event(event_id: int, act: _Act, kind: str, source: str) -> dict[str, Any]:
    return {
        "id": event_id,
        "report_id": act.draft.id,
        "kind": kind,
        "source": source,
        "created_at": act.at,
    }


def _submission(act: _Act) -> dict[str, Any]:
    new = act.new
    return {
        "public_id": act.public_id,
        "site_id": new.site_id,
        "report_id": act.draft.id,
        "idempotency_key": new.idempotency_key,
        "answered_status": "new" if act.kind == "opened" else "known",
        "answered_readers": act.readers,
        "page_url": new.page_url,
        "page_title": new.page_title,
        "language": new.said_language,
        "exact": new.exact,
        "prefix": new.prefix,
        "suffix": new.suffix,
        "before": new.before,
        "after": new.after,
        "position": new.position,
        "text_length": new.text_length,
        "suggestion": new.suggestion,
        "comment": new.comment,
        "widget": new.widget,
        "reader_hash": new.reader_hash,
        "spam": bool(new.spam_reasons),
        "spam_reasons": [reason._asdict() for reason in new.spam_reasons],
        "received_at": act.at,
    }


def _contact(act: _Act) -> dict[str, Any]:
    return {
        "submission": act.public_id,
        "email": act.new.email,
        "language": act.new.language,
        "created_at": act.at,
    }
