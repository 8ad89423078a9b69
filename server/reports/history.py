"""What happened to a report, and what readers said about it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from server.models import Event, Report, Submission
from server.models.report import STATUS_KINDS, WORK_KINDS

# A report of a famous page may have thousands of readers: a page shows the latest.
MAX_SUBMISSIONS = 50
MAX_EVENTS = 50


def latest_submissions(session: Session, report: Report) -> Sequence[Submission]:
    """What readers sent about a report, newest first, to MAX_SUBMISSIONS."""
    return session.scalars(
        select(Submission)
        .where(Submission.report_id == report.id)
        .order_by(Submission.id.desc())
        .limit(MAX_SUBMISSIONS)
    ).all()


def latest_changes(session: Session, report: Report, limit: int = MAX_EVENTS) -> Sequence[Event]:
    """The events that changed a report's status, newest first; its opening is one."""
    return session.scalars(
        select(Event)
        .where(Event.report_id == report.id, Event.kind.in_(STATUS_KINDS))
        .options(joinedload(Event.actor))
        .order_by(Event.id.desc())
        .limit(limit)
    ).all()


def latest_events(session: Session, report: Report, limit: int = MAX_EVENTS) -> Sequence[Event]:
    """What happened to a report, newest first; not that more readers joined it."""
    return session.scalars(
        select(Event)
        .where(Event.report_id == report.id, Event.kind.in_((*STATUS_KINDS, *WORK_KINDS)))
        .options(joinedload(Event.actor), joinedload(Event.assignee))
        .order_by(Event.id.desc())
        .limit(limit)
    ).all()


def since_version(session: Session, report: Report, version: int) -> Sequence[Event]:
    """What was done with a report after it had a version, newest first: each counted it up."""
    later = min(report.version - version, MAX_EVENTS)
    return latest_events(session, report, later) if later > 0 else ()


def was_decided_since(session: Session, report: Report, version: int) -> bool:
    """Whether a report was closed or opened after it had a version. That somebody took it in hand
    does not contradict who acts on what they read before."""
    later = since_version(session, report, version)
    work = sum(event.kind in WORK_KINDS for event in later)
    return report.version - version != work


def actor_of(event: Event) -> str:
    """The address of who changed a report; empty where it was a reader or the machine."""
    return event.actor.email if event.actor else event.address


def comments_by_report(session: Session, reports: Sequence[Report]) -> dict[int, str]:
    """The latest comment on each of some reports, by the report's id. What is spam is shown with
    reports that are spam alone."""
    latest = (
        select(func.max(Submission.id))
        .join(Report)
        .where(Submission.report_id.in_([report.id for report in reports]))
        .where(or_(Submission.spam.is_(False), Report.status == "spam"))
        .where(Submission.comment != "")
        .group_by(Submission.report_id)
    )
    found = select(Submission).where(Submission.id.in_(latest))
    return {each.report_id: each.comment for each in session.scalars(found)}
