"""What readers wrote to the editors."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from server.models import Report, Submission

# Asked for each mail: making the statement takes longer than the database takes to answer.
_LATEST = (
    select(Submission.comment)
    .where(
        Submission.report_id == bindparam("report"),
        Submission.comment != "",
        Submission.spam.is_(False),
    )
    .order_by(Submission.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def latest_comments(session: Session, report: Report, limit: int = 20) -> Sequence[str]:
    """What readers wrote to the editors about a report, newest first; no spam."""
    return session.scalars(_LATEST, {"report": report.id, "most": limit}).all()
