"""How a report ends, and begins again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.clock import now
from server.models import Announcement, Event, Report, User
from server.reports import change
from server.reports.change import IllegalChange, StaleReport

__all__ = ["RESOLUTIONS", "IllegalChange", "StaleReport", "reopen", "resolve"]

RESOLUTIONS = ("fixed", "rejected", "spam")


def resolve(
    session: Session,
    report: Report,
    resolution: str,
    *,
    version: int,
    actor: User | None,
    source: str,
    address: str = "",
) -> Event:
    """Close an open report as ``fixed``, ``rejected`` or ``spam``, and record who did it.

    ``version`` is the one the actor saw; ``address`` is theirs where they have no account.
    Raises StaleReport, IllegalChange.
    """
    if resolution not in RESOLUTIONS:
        raise IllegalChange(f"a report cannot become {resolution!r}")
    change.require_version(session, report, version)
    if report.status != "open":
        raise IllegalChange(f"the report is {report.status} already")
    event = change.make(
        session,
        report,
        resolution,
        {"status": resolution, "resolved_at": now()},
        version=version,
        actor=actor,
        source=source,
        address="" if actor else address,
    )
    _announce(session, report, event)
    return event


def reopen(
    session: Session,
    report: Report,
    *,
    version: int,
    actor: User | None,
    source: str,
    announced: bool = True,
) -> Event:
    """Open a closed report again; ``announced`` is False where the caller has other news of it.
    Raises StaleReport, IllegalChange."""
    change.require_version(session, report, version)
    if report.status == "open":
        raise IllegalChange("the report is open already")
    event = change.make(
        session,
        report,
        "reopened",
        {"status": "open", "resolved_at": None},
        version=version,
        actor=actor,
        source=source,
    )
    if announced:
        _announce(session, report, event)
    return event


def _announce(session: Session, report: Report, event: Event) -> None:
    """Whoever waits for it hears of it: channels."""
    session.add(
        Announcement(
            site_id=report.site_id,
            report_id=report.id,
            event_id=event.id,
            created_at=event.created_at,
            due_at=event.created_at,
        )
    )
    session.flush()
