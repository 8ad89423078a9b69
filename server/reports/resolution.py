"""How a report ends, and begins again."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Announcement, Event, Report, User

RESOLUTIONS = ("fixed", "rejected", "spam")


class IllegalChange(ValueError):  # noqa: N818 - reads as what happened
    """A change that the report's present status does not allow."""


class StaleReport(Exception):  # noqa: N818 - reads as what happened
    """Somebody else changed the report first. ``report`` holds it as it is now."""

    def __init__(self, report: Report) -> None:
        super().__init__("Somebody else changed this report first.")
        self.report = report


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
    event = _change(
        session, report, "open", resolution, resolution, version, actor, source, address
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
    event = _change(session, report, report.status, "open", "reopened", version, actor, source)
    if announced:
        _announce(session, report, event)
    return event


def _change(
    session: Session,
    report: Report,
    expected: str,
    status: str,
    kind: str,
    version: int,
    actor: User | None,
    source: str,
    address: str = "",
) -> Event:
    session.refresh(report)
    if report.version != version:
        raise StaleReport(report)
    if report.status != expected or report.status == status:
        raise IllegalChange(f"the report is {report.status} already")
    moment = now()
    # Conditional, so that of two editors in the same moment one alone wins.
    changed = session.execute(
        update(Report)
        .where(Report.id == report.id, Report.version == version)
        .values(
            status=status,
            version=version + 1,
            resolved_at=None if status == "open" else moment,
        )
        .returning(Report.id)
    ).all()
    session.refresh(report)
    if not changed:
        raise StaleReport(report)
    event = Event(
        report_id=report.id,
        kind=kind,
        source=source,
        actor_id=actor.id if actor else None,
        address="" if actor else address,
        created_at=moment,
    )
    session.add(event)
    session.flush()
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
