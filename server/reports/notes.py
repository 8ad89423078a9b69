"""What editors tell each other about a report. No reader and no mail shows it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from server.language import gettext, number
from server.models import Note, Report, User

MAX_NOTE = 2_000
# A page shows the latest.
MAX_NOTES = 50


class InvalidNote(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """A note that cannot be stored; the message begins with the field."""


def add_note(session: Session, report: Report, author: User, text: str) -> Note:
    """Add a note. It overwrites nothing, so it needs no version. Raises InvalidNote where it is
    empty or too long."""
    # As a form sends it, a line ends with two characters.
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise InvalidNote("note: " + gettext("is empty."))
    if len(text) > MAX_NOTE:
        words = gettext("must have at most %(most)s characters.", most=number(MAX_NOTE))
        raise InvalidNote(f"note: {words}")
    note = Note(report_id=report.id, author_id=author.id, text=text)
    session.add(note)
    session.flush()
    return note


def notes_of(session: Session, report: Report) -> Sequence[Note]:
    """The notes of a report, newest first, to MAX_NOTES."""
    return session.scalars(
        select(Note)
        .where(Note.report_id == report.id)
        .options(joinedload(Note.author))
        .order_by(Note.id.desc())
        .limit(MAX_NOTES)
    ).all()


def counts_of_notes(session: Session, reports: Collection[Report]) -> dict[int, int]:
    """How many notes some reports have, by the report's id; those without are left out."""
    counted = (
        select(Note.report_id, func.count())
        .where(Note.report_id.in_([report.id for report in reports]))
        .group_by(Note.report_id)
    )
    return {int(report_id): int(count) for report_id, count in session.execute(counted)}


def erase_notes(session: Session, report_ids: Collection[int]) -> None:
    """Erase the notes of some reports: they may quote what readers sent."""
    session.execute(
        delete(Note)
        .where(Note.report_id.in_(report_ids))
        .execution_options(synchronize_session=False)
    )
