"""Erasing what readers sent: after a site's retention, and for one reader who asks for it.

What a page says stays, and so do the numbers: a report keeps the words that were selected, its
correction, its status, its history and how many readers there were.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, true, update
from sqlalchemy.orm import Session

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import Attempt, Delivery, DeliveryReport, ReaderContact, Report, Site, Submission
from server.reports.notes import erase_notes
from server.reports.page_locks import lock_pages_of
from server.reports.readers import forget_former_days
from server.reports.words import index_words
from server.text.mailbox import checked_address, names_address

BATCH = 200
# Who left an address hears nothing of what was rejected; an editor may change his mind.
CONTACT_GRACE = timedelta(days=7)


@dataclass(frozen=True)
class Erased:
    """How many submissions, addresses to thank, kept messages and corrections are gone, and the
    reports they were about."""

    submissions: int
    contacts: int
    messages: int
    corrections: int
    reports: Sequence[uuid.UUID]


def erase_expired(stopping: Callable[[], bool] = lambda: False) -> int:
    """Erase what has outlived its site's retention, batch by batch; how many submissions."""
    moment = now()
    with write_transaction() as session:
        forget_former_days(session, moment.date())
    erased = 0
    for site_id, days in db.session.execute(select(Site.id, Site.retention_days)).all():
        limit = moment - timedelta(days=days)
        with write_transaction() as session:
            _forget_old_contacts(session, site_id, moment - CONTACT_GRACE, limit)
        while not stopping():
            with write_transaction() as session:
                batch = _expired(session, site_id, limit)
                about = {report_id for _, report_id in batch}
                lock_pages_of(session, about)
                _forget_messages(session, about)
                erase_notes(session, about)
                _delete_submissions(session, [submission_id for submission_id, _ in batch])
                index_words(session, about)
            erased += len(batch)
            if len(batch) < BATCH:
                break
    return erased


def submissions_of(session: Session, email: str, site_id: int | None = None) -> Sequence[int]:
    """The submissions with which an address was left, or whose comment names it: the whole
    address, not one that ends or begins alike. ``site_id``: those of one site alone.

    Raises InvalidAddress: a part of an address, or none, would name everybody.
    """
    address = checked_address(email)
    left = session.scalars(
        select(ReaderContact.submission_id)
        .join(Submission, Submission.id == ReaderContact.submission_id)
        .where(func.lower(ReaderContact.email) == address.lower(), _of_site(site_id))
    )
    # Databases differ in how they compare letters, and none knows where an address ends.
    comments = session.execute(
        select(Submission.id, Submission.comment)
        .where(Submission.comment.contains("@"), _of_site(site_id))
        .execution_options(yield_per=BATCH)
    )
    named = {submission for submission, comment in comments if names_address(comment, address)}
    return sorted({*left, *named})


def submission_named(
    session: Session, public_id: uuid.UUID, site_id: int | None = None
) -> Sequence[int]:
    """The submission of an id, as the widget's answer gives it; empty where there is none, or none
    of the site."""
    named = select(Submission.id).where(Submission.public_id == public_id, _of_site(site_id))
    return session.scalars(named).all()


def erase(
    session: Session, submission_ids: Collection[int], email: str = "", site_id: int | None = None
) -> Erased:
    """Erase submissions, in the caller's transaction, with the messages that quoted them, the
    notes that may, and the corrections that nobody else sent; and what is still owed to an address
    (by one site, where ``site_id`` names it), where one is given."""
    theirs = select(Submission.report_id).where(Submission.id.in_(submission_ids))
    about = set(session.scalars(theirs))
    lock_pages_of(session, about)
    reports = session.scalars(select(Report).where(Report.id.in_(about)).order_by(Report.id)).all()
    contacts = session.scalar(
        select(func.count()).where(ReaderContact.submission_id.in_(submission_ids))
    )
    corrections = sum(_forget_correction(session, report, submission_ids) for report in reports)
    messages = _forget_messages(session, about)
    erase_notes(session, about)
    messages += _forget_owed(session, email, site_id)
    _delete_submissions(session, submission_ids)
    index_words(session, about)
    return Erased(
        len(submission_ids),
        contacts or 0,
        messages,
        corrections,
        [report.public_id for report in reports],
    )


def _of_site(site_id: int | None) -> ColumnElement[bool]:
    return true() if site_id is None else Submission.site_id == site_id


def _expired(session: Session, site_id: int, limit: datetime) -> Sequence[tuple[int, int]]:
    """Submissions to reports that were closed before ``limit``, with their reports."""
    rows = session.execute(
        select(Submission.id, Submission.report_id)
        .join(Report)
        .where(
            Submission.site_id == site_id,
            Submission.received_at < limit,
            Report.status != "open",
            Report.resolved_at < limit,
        )
        .order_by(Submission.received_at)
        .limit(BATCH)
    )
    return [(submission_id, report_id) for submission_id, report_id in rows]


def _forget_old_contacts(
    session: Session, site_id: int, closed_before: datetime, left_before: datetime
) -> None:
    """Addresses that nothing will be sent to: of reports closed otherwise than as fixed, and of
    those that stayed open all along."""
    old = (
        select(Submission.id)
        .join(Report)
        .where(
            Submission.site_id == site_id,
            or_(
                (Report.status != "open") & (Report.resolved_at < closed_before),
                Submission.received_at < left_before,
            ),
        )
    )
    session.execute(
        delete(ReaderContact)
        .where(ReaderContact.submission_id.in_(old))
        .execution_options(synchronize_session=False)
    )


def _delete_submissions(session: Session, ids: Collection[int]) -> None:
    # The database deletes the addresses that were left with them.
    session.execute(
        delete(Submission)
        .where(Submission.id.in_(ids))
        .execution_options(synchronize_session=False)
    )


def _forget_messages(session: Session, report_ids: Collection[int]) -> int:
    """Take the text out of messages about some reports that are sent, kept or given up; one that
    is still owed is written anew when it is sent."""
    about = select(DeliveryReport.delivery_id).where(DeliveryReport.report_id.in_(report_ids))
    emptied = session.scalars(
        update(Delivery)
        .where(
            or_(Delivery.report_id.in_(report_ids), Delivery.id.in_(about)),
            or_(Delivery.text != "", Delivery.html != ""),
        )
        .values(text="", html="")
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    # A receiver may have repeated in its answer what it was sent.
    session.execute(
        update(Attempt)
        .where(
            Attempt.delivery_id.in_(
                select(Delivery.id).where(
                    or_(Delivery.report_id.in_(report_ids), Delivery.id.in_(about))
                )
            ),
            Attempt.answer != "",
        )
        .values(answer="")
        .execution_options(synchronize_session=False)
    )
    return len(emptied)


def _forget_owed(session: Session, email: str, site_id: int | None) -> int:
    """Thanks that are owed to an address, and not in a worker's hands."""
    if not email:
        return 0
    address = checked_address(email)
    gone = session.execute(
        delete(Delivery)
        .where(
            Delivery.kind == "thanks",
            func.lower(Delivery.recipient) == address.lower(),
            Delivery.lease_token.is_(None),
            true() if site_id is None else Delivery.site_id == site_id,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _forget_correction(session: Session, report: Report, leaving: Collection[int]) -> bool:
    """Whether a report showed a correction that nobody but the leaving sent. It then shows that of
    the latest other reader, if there is one."""
    others = session.scalars(
        select(Submission.suggestion)
        .where(
            Submission.report_id == report.id,
            Submission.id.not_in(leaving),
            Submission.spam.is_(False),
            Submission.suggestion != "",
        )
        .order_by(Submission.id.desc())
    ).all()
    if not report.suggestion or report.suggestion in others:
        return False
    report.suggestion = others[0] if others else ""
    # What spoke for the correction speaks no more.
    report.evaluated_at = None
    session.flush()
    return True
