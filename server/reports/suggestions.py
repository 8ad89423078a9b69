"""What readers think it should read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import Report, Submission


@dataclass(frozen=True)
class Suggestion:
    """One correction of a selection, and how many readers sent it."""

    exact: str
    suggestion: str
    readers: int


def suggestions_of(session: Session, report: Report, limit: int = 6) -> Sequence[Suggestion]:
    """The corrections that readers sent for a report, those of most readers first."""
    readers = func.count()
    found = session.execute(
        select(Submission.exact, Submission.suggestion, readers)
        .where(
            Submission.report_id == report.id,
            Submission.suggestion != "",
            Submission.spam.is_(False),
        )
        .group_by(Submission.exact, Submission.suggestion)
        .order_by(readers.desc(), func.min(Submission.id))
        .limit(limit)
    )
    return [Suggestion(*row) for row in found]
