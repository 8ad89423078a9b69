"""Addresses that readers left to be thanked."""

from __future__ import annotations

from collections.abc import Sequence

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.models import ReaderContact, Submission


class InvalidAddress(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """A text that is no e-mail address; the message says why."""


def checked_address(text: str) -> str:
    """An e-mail address in its normal form (RFC 5321, 6531); empty for none. No network is asked.

    Raises InvalidAddress.
    """
    if not text.strip():
        return ""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidAddress(str(error)) from None


def contacts_of(session: Session, report_id: int) -> Sequence[ReaderContact]:
    """Who asked to hear of a report, in the order in which they reported it; none whose
    submission is spam."""
    return session.scalars(
        select(ReaderContact)
        .join(Submission)
        .where(Submission.report_id == report_id, Submission.spam.is_(False))
        .order_by(ReaderContact.id)
    ).all()


def forget_contacts(session: Session, report_id: int) -> int:
    """Delete the addresses left with a report, in the caller's transaction; how many there were.

    Called in the transaction that queued the thanks, so that no address outlives its purpose.
    """
    gone = session.execute(
        delete(ReaderContact)
        .where(
            ReaderContact.submission_id.in_(
                select(Submission.id).where(Submission.report_id == report_id)
            )
        )
        .returning(ReaderContact.id)
    )
    return len(gone.all())
