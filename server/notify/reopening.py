"""Opening a report again, and who must hear of it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.models import Event, Report, User
from server.notify.announce import announce
from server.reports.resolution import reopen
from server.reports.withholding import is_withheld, release
from server.statements import Statements


def reopen_and_tell(
    session: Session, report: Report, *, version: int, actor: User | None, source: str
) -> Event:
    """Open a closed report again. Where a rule alone had called it spam, what was taken for it
    counts from now on. Raises StaleReport, IllegalChange."""
    withheld = is_withheld(session, report)
    event = reopen(
        session, report, version=version, actor=actor, source=source, announced=not withheld
    )
    # For everybody else it is a new report, and that alone.
    if withheld:
        written = Statements(session.connection())
        announce(written, release(session, report))
        written.run()
    return event
