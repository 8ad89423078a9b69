"""The transactional outbox: what is owed is a row, written with its cause, claimed with a lease.

A worker that dies leaves its lease to run out; the row is then claimed again. Between handing a
message over and our mark, a crash or a lost answer can send it twice: such a row is marked
``possible_duplicate``, and both copies carry the same Message-ID.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Delivery, DeliveryReport

# Waits after the 1st, 2nd … failed attempt; the last failure comes about two days after the first.
BACKOFF = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720, 1200)
)
NO_CONTENT: Mapping[str, str] = {}


def owe(
    session: Session,
    site_id: int,
    recipient: str,
    mail_from: str,
    *,
    cause: str,
    kind: str = "report",
    channel: str = "mail",
    about: Sequence[tuple[int, int]] = (),
    due_at: datetime | None = None,
    collects: str | None = None,
) -> Delivery | None:
    """Write one delivery in the caller's transaction, which marks its cause as done.

    ``cause`` names what is told, as ``event:17``; None where it was owed already. ``about``: ids
    of reports with those of the events that are told of them.
    """
    dedupe_key = hashlib.sha256("\n".join((cause, channel, recipient)).encode()).hexdigest()
    if session.scalar(select(Delivery.id).where(Delivery.dedupe_key == dedupe_key)):
        return None
    domain = parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"
    delivery = Delivery(
        site_id=site_id,
        kind=kind,
        channel=channel,
        recipient=recipient,
        dedupe_key=dedupe_key,
        collects=collects,
        message_id=f"<{secrets.token_hex(16)}@{domain}>",
        due_at=due_at or now(),
        reports=[DeliveryReport(report_id=report, event_id=event) for report, event in about],
    )
    if kind == "report":
        ((delivery.report_id, delivery.event_id),) = about
    session.add(delivery)
    session.flush()
    return delivery


def claim_due(session: Session, lease: timedelta) -> Delivery | None:
    """Claim the delivery that is due longest, or None; the caller's transaction commits it.

    The update is conditional on the row being still as it was read, so that of two workers one
    alone wins (the other reads again).
    """
    while True:
        moment = now()
        found = session.execute(
            select(Delivery.id, Delivery.lease_token)
            .where(
                Delivery.state == "queued",
                Delivery.due_at <= moment,
                or_(Delivery.lease_until.is_(None), Delivery.lease_until <= moment),
            )
            .order_by(Delivery.due_at, Delivery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if found is None:
            return None
        delivery_id, former_token = found
        won = session.scalars(
            update(Delivery)
            .where(
                Delivery.id == delivery_id,
                Delivery.state == "queued",
                Delivery.lease_token.is_(None)
                if former_token is None
                else Delivery.lease_token == former_token,
            )
            .values(
                lease_token=secrets.token_hex(16),
                lease_until=moment + lease,
                attempts=Delivery.attempts + 1,
                # Its former worker died with the message in its hands.
                **({} if former_token is None else {"possible_duplicate": True}),
            )
            .returning(Delivery)
            .execution_options(populate_existing=True)
        ).first()
        if won is not None:
            return won


def renew(session: Session, delivery_id: int, lease_token: str, lease: timedelta) -> bool:
    """Let a claim last ``lease`` from now on. False where it is no longer ours."""
    return _conditionally(session, delivery_id, lease_token, {"lease_until": now() + lease})


def settle(
    session: Session,
    delivery_id: int,
    lease_token: str,
    *,
    state: str,
    error: str = "",
    content: Mapping[str, str] = NO_CONTENT,
    perhaps_sent: bool = False,
) -> bool:
    """Mark a claimed delivery ``sent``, ``kept`` or ``failed``; ``content`` (subject, text, html)
    is what was rendered.

    False where the lease is no longer ours: another worker has taken over, and its word counts.
    """
    values: dict[str, object] = {
        **_released(error, content, perhaps_sent),
        "state": state,
        "sent_at": now() if state == "sent" else None,
    }
    return _conditionally(session, delivery_id, lease_token, values)


def postpone(
    session: Session,
    delivery_id: int,
    lease_token: str,
    *,
    error: str,
    content: Mapping[str, str] = NO_CONTENT,
    perhaps_sent: bool = False,
) -> bool:
    """Owe it later, by the schedule; give it up as ``failed`` when the schedule is used up.

    False where the lease is no longer ours.
    """
    attempts = session.scalar(select(Delivery.attempts).where(Delivery.id == delivery_id)) or 1
    values = _released(error, content, perhaps_sent)
    if attempts > len(BACKOFF):
        values["state"] = "failed"
    else:
        values["due_at"] = now() + BACKOFF[attempts - 1]
    return _conditionally(session, delivery_id, lease_token, values)


def _released(error: str, content: Mapping[str, str], perhaps_sent: bool) -> dict[str, object]:
    """What every end of a claim writes. A mark as possible duplicate is never taken away."""
    marked = {"possible_duplicate": True} if perhaps_sent else {}
    return {"last_error": error, "lease_token": None, "lease_until": None, **content, **marked}


def retry(session: Session, delivery: Delivery) -> bool:
    """Queue a kept or failed delivery again. False where it is neither."""
    changed = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.state.in_(("kept", "failed")))
        .values(state="queued", attempts=0, due_at=now(), last_error="")
        .returning(Delivery.id)
    ).all()
    return bool(changed)


def _conditionally(
    session: Session, delivery_id: int, lease_token: str, values: dict[str, object]
) -> bool:
    changed = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.lease_token == lease_token)
        .values(**values)
        .returning(Delivery.id)
    ).all()
    return bool(changed)
