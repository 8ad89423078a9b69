"""What editors must hear of: one row for each event, whoever they are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Table

from server.models import Base
from server.reports.record import Happened
from server.statements import BulkInsert, Statements

_announcement: Table = Base.metadata.tables["announcement"]
_NEW_ANNOUNCEMENTS = BulkInsert(
    _announcement, "site_id", "report_id", "event_id", "created_at", "due_at"
)
# The highest number of readers that somebody can wait for. Beyond it, one more changes nothing.
MAX_READERS = 50


def announce(written: Statements, happened: Iterable[Happened]) -> None:
    """Write, with what the caller writes, that editors must hear of what happened; not where nobody
    can be waiting for it: another reader of a report that is closed or has MAX_READERS.

    One row each, however many editors the site has: who gets it is decided by a worker, by the
    rules as they then stand and with the evidence that is then known
    (:mod:`server.notify.routing`).
    """
    rows = [
        {
            "site_id": each.site_id,
            "report_id": each.report_id,
            "event_id": each.event_id,
            "created_at": each.at,
            "due_at": each.at,
        }
        for each in happened
        if each.kind != "joined" or (each.open and each.readers <= MAX_READERS)
    ]
    _NEW_ANNOUNCEMENTS.add(written, rows)
