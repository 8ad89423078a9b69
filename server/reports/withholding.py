"""Reports that a rule keeps from the editors' mail: why, and what happens when it was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Event, Report, Submission
from server.reports import known
from server.reports.record import Happened


def is_withheld(session: Session, report: Report) -> bool:
    """Whether a report is spam because a rule said so, and no editor did."""
    return report.status == "spam" and known.is_withheld(session.connection(), report.id)


def not_withheld() -> ColumnElement[bool]:
    """Of a query about reports: without those that a rule alone called spam."""
    source = known.latest_source_of_spam(known.REPORT.c.id).scalar_subquery()
    return or_(Report.status != "spam", func.coalesce(source, "") != "rule")


def release(session: Session, report: Report) -> list[Happened]:
    """An editor says that it is no spam: what was taken for it counts from now on. What the
    editors are then to hear: that it was opened, as of any new report."""
    session.execute(
        update(Submission)
        .where(Submission.report_id == report.id, Submission.spam.is_(True))
        .values(spam=False)
    )
    counted = select(func.count()).where(Submission.report_id == report.id)
    report.readers = max(1, session.scalar(counted) or 0)
    # The readers are evidence.
    report.evaluated_at = None
    opened = session.scalar(
        select(Event.id)
        .where(Event.report_id == report.id, Event.kind == "opened")
        .order_by(Event.id.desc())
        .limit(1)
    )
    if opened is None:
        return []
    return [Happened(report.site_id, report.id, opened, "opened", report.readers, now())]


def spam_reasons_by_report(
    session: Session, reports: Sequence[Report]
) -> dict[int, list[dict[str, Any]]]:
    """Why a rule took some of these reports for spam, by the report's id: the latest reasons."""
    ids = [report.id for report in reports if report.status == "spam"]
    if not ids:
        return {}
    latest = (
        select(func.max(Submission.id))
        .where(Submission.report_id.in_(ids), Submission.spam.is_(True))
        .group_by(Submission.report_id)
    )
    found = select(Submission).where(Submission.id.in_(latest))
    return {each.report_id: each.spam_reasons for each in session.scalars(found)}
