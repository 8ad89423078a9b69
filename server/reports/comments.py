"""What readers wrote to the editors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from server.models import Report, Submission

LATEST = 20
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


def latest_comments(session: Session, report: Report, limit: int = LATEST) -> Sequence[str]:
    """What readers wrote to the editors about a report, newest first; no spam."""
    return session.scalars(_LATEST, {"report": report.id, "most": limit}).all()


_numbered = (
    select(
        Submission.report_id,
        Submission.comment,
        func.row_number()
        .over(partition_by=Submission.report_id, order_by=Submission.id.desc())
        .label("number"),
    )
    .where(
        Submission.report_id.in_(bindparam("reports", expanding=True)),
        Submission.comment != "",
        Submission.spam.is_(False),
    )
    .subquery()
)
_LATEST_OF_EACH = (
    select(_numbered.c.report_id, _numbered.c.comment)
    .where(_numbered.c.number <= bindparam("most", type_=Integer))
    .order_by(_numbered.c.report_id, _numbered.c.number)
)


def latest_comments_of(
    session: Session, report_ids: Collection[int], limit: int = LATEST
) -> Mapping[int, Sequence[str]]:
    """The same for several reports at once, by the report's id; those without one are absent."""
    found: dict[int, list[str]] = defaultdict(list)
    if report_ids:
        asked = {"reports": list(report_ids), "most": limit}
        for report_id, comment in session.execute(_LATEST_OF_EACH, asked):
            found[report_id].append(comment)
    return found
