"""Thanks: one message to a reader who left an address, when the mistake is fixed.

Nothing calls this when a report is closed, wherever that happens: a sweep finds the addresses that
stand beside fixed reports. An editor's slip can be undone in the meantime.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from server.clock import now
from server.config import Settings
from server.database import write_transaction, write_with_retry
from server.extensions import db, settings_of
from server.models import Breaker, Delivery, Event, ReaderContact, Report, Submission
from server.notify.outbox import owe
from server.reports.addresses import (
    AddressHashes,
    forget_thanked,
    hold,
    refuse,
    thanked_lately,
    wants_no_mail,
)

# An editor who marked the wrong report takes it back within minutes.
GRACE = timedelta(minutes=15)
BATCH = 100


def hashes_of(settings: Settings) -> AddressHashes:
    return AddressHashes([settings.secret_key, *settings.secret_key_fallbacks])


def owe_thanks(limit: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
    """Owe a message to each reader whose mistake is fixed, and delete the address that was left;
    how many are owed. Several mistakes of one reader on one site are one message."""
    settings = settings_of()
    owed, last = 0, 0
    while owed < limit and not stopping():
        contact = _next_fixed(db.session(), after=last)
        if contact is None:
            break
        last = contact.id
        owed += write_with_retry(partial(_owe, contact_id=last, settings=settings))
    if owed:
        write_with_retry(forget_thanked)
    return owed


def forget_thanked_readers() -> None:
    """Take the address out of thanks that were sent, kept or given up: nothing is left of it that
    a guess could be checked against."""
    named = (
        Delivery.kind == "thanks",
        Delivery.recipient != "",
        Delivery.state != "queued",
    )
    if db.session.scalar(select(Delivery.id).where(*named).limit(1)) is None:
        return
    with write_transaction() as session:
        session.execute(
            delete(Breaker).where(Breaker.recipient.in_(select(Delivery.recipient).where(*named)))
        )
        session.execute(
            update(Delivery)
            .where(*named)
            .values(
                dedupe_key=func.substr(Delivery.message_id, 2, 32),
                recipient="",
            )
            .execution_options(synchronize_session=False)
        )


def never_again(session: Session, address_hash: bytes, hashes: AddressHashes) -> None:
    """Write to an address no more: not now, and not what is owed to it already."""
    refuse(session, address_hash)
    waiting = session.execute(
        select(Delivery.id, Delivery.recipient).where(
            Delivery.kind == "thanks", Delivery.state == "queued", Delivery.lease_token.is_(None)
        )
    )
    theirs = [id for id, address in waiting if address_hash in hashes.all_of(address)]
    session.execute(delete(Delivery).where(Delivery.id.in_(theirs)))


def _next_fixed(session: Session, after: int) -> ReaderContact | None:
    """The next address, by id, that was left with a report that has been fixed for a while."""
    session.rollback()
    return session.scalar(
        select(ReaderContact)
        .join(Submission)
        .join(Report)
        .where(ReaderContact.id > after, *_is_fixed())
        .order_by(ReaderContact.id)
        .limit(1)
    )


def _is_fixed() -> tuple[ColumnElement[bool], ...]:
    # Spam may leave anybody's address.
    return (
        Report.status == "fixed",
        Report.resolved_at <= now() - GRACE,
        Submission.spam.is_(False),
    )


def _owe(session: Session, contact_id: int, settings: Settings) -> int:
    contact = session.get(ReaderContact, contact_id)
    if contact is None:
        return 0
    known_as = hashes_of(settings).all_of(contact.email)
    held = hold(session, known_as[0])
    site_id = contact.submission.site_id
    # Read after the address is held: another worker may have thanked for all of them.
    together = _left_by(session, contact.email, site_id)
    if not together:
        return 0
    unwanted = wants_no_mail(session, known_as)
    if not unwanted and thanked_lately(session, known_as):
        return 0
    if not unwanted:
        held.thanked_at = now()
        owe(
            session,
            site_id,
            contact.email,
            settings.mail_from,
            cause=f"thanks:{contact.id}",
            kind="thanks",
            about=_fixed_by(session, [each.submission.report_id for each in together]),
        )
    session.execute(
        delete(ReaderContact).where(ReaderContact.id.in_([each.id for each in together]))
    )
    return int(not unwanted)


def _left_by(session: Session, email: str, site_id: int) -> Sequence[ReaderContact]:
    """Everything of a site's that was fixed for one address."""
    return session.scalars(
        select(ReaderContact)
        .join(Submission)
        .join(Report)
        .where(
            func.lower(ReaderContact.email) == email.lower(),
            Submission.site_id == site_id,
            *_is_fixed(),
        )
        .options(joinedload(ReaderContact.submission))
    ).all()


def _fixed_by(session: Session, report_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Each report with the event that fixed it."""
    fixed = session.execute(
        select(Event.report_id, func.max(Event.id))
        .where(Event.report_id.in_(report_ids), Event.kind == "fixed")
        .group_by(Event.report_id)
    )
    return [(report_id, event_id) for report_id, event_id in fixed]
