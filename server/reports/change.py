"""One change of a report by a person: checked against what they saw, made, and recorded."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Event, Report, User


class IllegalChange(ValueError):  # noqa: N818 - reads as what happened
    """A change that the report's present state does not allow."""


class StaleReport(Exception):  # noqa: N818 - reads as what happened
    """Somebody else changed the report first. ``report`` holds it as it is now."""

    def __init__(self, report: Report) -> None:
        super().__init__("Somebody else changed this report first.")
        self.report = report


def require_version(session: Session, report: Report, version: int) -> None:
    """Read the report anew. Raises StaleReport where it is not as the actor saw it."""
    session.refresh(report)
    if report.version != version:
        raise StaleReport(report)


def make(
    session: Session,
    report: Report,
    kind: str,
    values: dict[str, Any],
    *,
    version: int,
    actor: User | None,
    source: str,
    **recorded: Any,
) -> Event:
    """Set ``values`` where the report still has this version, count the version up, and record
    what happened; ``recorded`` are further columns of the event. Raises StaleReport."""
    # Conditional, so that of two editors in the same moment one alone wins.
    changed = session.execute(
        update(Report)
        .where(Report.id == report.id, Report.version == version)
        .values(**values, version=version + 1)
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
        created_at=now(),
        **recorded,
    )
    session.add(event)
    session.flush()
    return event
