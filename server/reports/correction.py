"""An editor's own correction, beside what readers suggest."""

from __future__ import annotations

from sqlalchemy.orm import Session

from server.language import gettext, number
from server.models import Event, Report, User
from server.reports import change
from server.reports.change import IllegalChange
from server.reports.words import index_words
from server.text.normalise import normalise

MAX_CORRECTION = 1_000


class InvalidCorrection(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """A correction that cannot be stored; the message begins with the field."""


def checked_correction(text: str) -> str:
    """A correction as it is stored. Raises InvalidCorrection where it is too long."""
    correction = normalise(text).strip()
    if len(correction) > MAX_CORRECTION:
        words = gettext("must have at most %(most)s characters.", most=number(MAX_CORRECTION))
        raise InvalidCorrection(f"correction: {words}")
    return correction


def correct(
    session: Session,
    report: Report,
    correction: str,
    *,
    version: int,
    actor: User | None,
    source: str,
) -> Event:
    """Set what the text should read instead of the readers' suggestion; empty, or what readers
    suggest anyway: theirs alone. ``version`` is the one the actor saw.

    Raises InvalidCorrection, StaleReport, and IllegalChange where nothing would change.
    """
    correction = checked_correction(correction)
    change.require_version(session, report, version)
    own = "" if correction == report.suggestion else correction
    if own == report.correction:
        raise IllegalChange("the correction is that already")
    event = change.make(
        session,
        report,
        "corrected",
        {"correction": own},
        version=version,
        actor=actor,
        source=source,
        correction=own,
    )
    index_words(session, [report.id])
    return event
