"""The one transaction of the intake: what several requests bring, and who must hear of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from server.notify.announce import announce
from server.reports.record import Recorded, record_submissions
from server.reports.submission import NewSubmission


def record(session: Session, batch: Sequence[NewSubmission]) -> list[Recorded]:
    """Store submissions with what editors must hear of them; an answer for each, in order."""
    return record_submissions(session.connection(), batch, also=announce)
