"""Taking back what was just done with a report."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Event, Report, User
from server.reports import assignment, change, history
from server.reports.change import IllegalChange
from server.reports.correction import correct
from server.reports.resolution import RESOLUTIONS, reopen

UNDONE = (*RESOLUTIONS, "assigned", "unassigned", "corrected")


def undo(session: Session, report: Report, *, version: int, actor: User, source: str) -> Event:
    """Take back the actor's last change, which led to ``version``: the report is as it was before,
    and its history has both.

    Raises StaleReport where anybody did anything with it since, and IllegalChange where the change
    was somebody else's or is of a kind that cannot be taken back.
    """
    change.require_version(session, report, version)
    last = next(iter(history.latest_events(session, report, limit=1)), None)
    if last is None or last.actor_id != actor.id or last.kind not in UNDONE:
        raise IllegalChange("there is nothing of yours to take back")
    if last.kind in RESOLUTIONS:
        return reopen(session, report, version=version, actor=actor, source=source)
    before = _before(session, last)
    if last.kind == "corrected":
        correction = before.correction if before else ""
        return correct(session, report, correction, version=version, actor=actor, source=source)
    holder = session.get(User, before.assignee_id) if before and before.assignee_id else None
    return assignment.assign(session, report, holder, version=version, actor=actor, source=source)


def _before(session: Session, event: Event) -> Event | None:
    """The event before of the same thing: its correction, or who had it."""
    kinds = ("corrected",) if event.kind == "corrected" else ("assigned", "unassigned")
    return session.scalar(
        select(Event)
        .where(Event.report_id == event.report_id, Event.kind.in_(kinds), Event.id < event.id)
        .order_by(Event.id.desc())
        .limit(1)
    )
