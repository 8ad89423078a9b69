"""The statements that record submissions, many at a time, and travel together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, Table, insert, select

from server.models import Base
from server.reports.known import (
    CHANGING,
    EVENT,
    PAGE,
    REPORT,
    SAID,
    SUBMISSION,
    Draft,
    PageKey,
    Values,
)
from server.statements import BulkInsert, BulkUpdate, Statements
from server.text.place import Quote

CONTACT: Table = Base.metadata.tables["reader_contact"]

# What a report shows of a submission, and by what it is found.
SHOWN = (*Quote._fields, "fragment", "position", "text_length", "place_hash", "place")

_CHANGE_PAGES = BulkUpdate(PAGE, *SAID)
_NEW_PAGES = BulkInsert(
    PAGE,
    *("site_id", "url", "url_hash", *SAID, "created_at"),
    returning="site_id, url_hash, id",
)
_CHANGE_REPORTS = BulkUpdate(REPORT, *CHANGING)
_CHANGE_SHOWN = BulkUpdate(REPORT, *dict.fromkeys((*CHANGING, *SHOWN)))
_NEW_REPORTS = BulkInsert(
    REPORT,
    *("id", "public_id", "site_id", "page_id", *SHOWN),
    *("status", "version", "readers"),
    *("first_submitted_at", "last_submitted_at", "resolved_at", "evaluated_at"),
)
_NEW_SUBMISSIONS = BulkInsert(
    SUBMISSION,
    *("public_id", "site_id", "report_id", "idempotency_key"),
    *("answered_status", "answered_readers"),
    *("page_url", "page_title", "language", *Quote._fields, "comment", "widget"),
    *("position", "text_length"),
    *("reader_hash", "spam", "spam_reasons", "received_at"),
)
_NEW_EVENTS = BulkInsert(EVENT, "id", "report_id", "kind", "source", "created_at")


def write_pages(connection: Connection, pages: Iterable[Values]) -> dict[PageKey, int]:
    """Write pages that are new; their ids."""
    written = Statements(connection)
    # In one order everywhere, so that two transactions never wait for each other.
    _NEW_PAGES.add(written, sorted(pages, key=lambda page: (page["site_id"], page["url_hash"])))
    return {
        (site_id, bytes(url_hash)): page_id
        for made in written.send()
        for site_id, url_hash, page_id in made
    }


def rename_pages(written: Statements, pages: Sequence[Values]) -> None:
    """Change what is SAID of pages; each has its ``id``."""
    _CHANGE_PAGES.add(written, pages)


def write_reports(written: Statements, drafts: Collection[Draft]) -> None:
    """Write reports, those that are new and those that changed."""
    new = [{"id": draft.id, **draft.values} for draft in drafts if draft.is_new]
    new.sort(key=lambda row: (row["page_id"], row["place_hash"]))
    _NEW_REPORTS.add(written, new)
    known = [draft for draft in drafts if not draft.is_new]
    for statement, requoted in ((_CHANGE_REPORTS, False), (_CHANGE_SHOWN, True)):
        rows = [
            {"id": draft.id, **draft.values}
            for draft in known
            # Rows of one statement have the same columns.
            if (draft.place is not None) == requoted
        ]
        statement.add(written, rows)


def write_submissions(written: Statements, rows: list[Values]) -> None:
    rows.sort(key=lambda row: (row["site_id"], row["idempotency_key"]))
    _NEW_SUBMISSIONS.add(written, rows)


def write_events(written: Statements, rows: Sequence[Values]) -> None:
    _NEW_EVENTS.add(written, rows)


def write_contacts(connection: Connection, rows: Iterable[Values]) -> None:
    """Addresses to thank; ``submission`` is the public id of the submission they came with, which
    is written."""
    for row in rows:
        stored = select(SUBMISSION.c.id).where(SUBMISSION.c.public_id == row.pop("submission"))
        connection.execute(insert(CONTACT).values(submission_id=stored.scalar_subquery(), **row))
