"""What editors must hear of: one row for each event, whoever they are."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.models import Announcement, Event, Report

# The highest number of readers that somebody can wait for. Beyond it, one more changes nothing.
MAX_READERS = 50


def announce(session: Session, report: Report, event: Event) -> Announcement | None:
    """Note in the caller's transaction that editors must hear of an event; None where nobody can
    be waiting for it: another reader of a report that has MAX_READERS.

    One row, however many editors the site has: who gets it is decided by a worker, by the rules
    as they then stand and with the evidence that is then known (:mod:`server.notify.routing`).
    """
    if event.kind == "joined" and report.readers > MAX_READERS:
        return None
    announcement = Announcement(
        site_id=report.site_id,
        report_id=report.id,
        event_id=event.id,
        created_at=event.created_at,
        due_at=event.created_at,
    )
    session.add(announcement)
    session.flush()
    return announcement
