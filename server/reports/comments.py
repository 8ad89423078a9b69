"""What readers wrote to the editors."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Report, Submission


def latest_comments(session: Session, report: Report, limit: int = 20) -> Sequence[str]:
    """What readers wrote to the editors about a report, newest first; no spam."""
    return session.scalars(
        select(Submission.comment)
        .where(
            Submission.report_id == report.id,
            Submission.comment != "",
            Submission.spam.is_(False),
        )
        .order_by(Submission.id.desc())
        .limit(limit)
    ).all()
