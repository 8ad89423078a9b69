"""The transactional outbox: what is owed is a row, written with its cause, claimed with a lease.

A worker that dies leaves its lease to run out; the row is then claimed again. Between handing a
message over and our mark, a crash or a lost answer can send it twice: such a row is marked
``possible_duplicate``, and both copies carry the same Message-ID.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    case,
    exists,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from server.clock import now
from server.models import Base, Breaker, Channel, Delivery, DeliveryReport
from server.notify import breaker

NO_CONTENT: Mapping[str, str] = {}
# Rows, not objects: what a worker marks is read again by nobody in its session.
_rows = Base.metadata.tables[Delivery.__tablename__]


def owe(
    session: Session,
    site_id: int | None,
    recipient: str,
    mail_from: str,
    *,
    cause: str,
    kind: str = "report",
    channel: str = "mail",
    about: Sequence[tuple[int, int]] = (),
    due_at: datetime | None = None,
    collects: str | None = None,
    details: Mapping[str, Any] = NO_CONTENT,
) -> Delivery | None:
    """Write one delivery in the caller's transaction, which marks its cause as done.

    ``cause`` names what is told, as ``event:17``; None where it was owed already. ``about``: ids
    of reports with those of the events that are told of them. ``site_id``: None for the kind
    ``account`` alone.
    """
    dedupe_key = hashlib.sha256("\n".join((cause, channel, recipient)).encode()).hexdigest()
    if session.scalar(select(Delivery.id).where(Delivery.dedupe_key == dedupe_key)):
        return None
    delivery = Delivery(
        site_id=site_id,
        kind=kind,
        channel=channel,
        recipient=recipient,
        dedupe_key=dedupe_key,
        collects=collects,
        details=dict(details),
        message_id=_new_message_id(channel, mail_from),
        due_at=due_at or now(),
        reports=[DeliveryReport(report_id=report, event_id=event) for report, event in about],
    )
    if kind == "report":
        ((delivery.report_id, delivery.event_id),) = about
    session.add(delivery)
    session.flush()
    return delivery


def _new_message_id(channel: str, mail_from: str) -> str:
    """What is signed must have no dot in its identifier, as a mail's has (Standard Webhooks)."""
    if channel != "mail":
        return f"msg_{secrets.token_hex(16)}"
    domain = parseaddr(mail_from)[1].rpartition("@")[2] or "localhost"
    return f"<{secrets.token_hex(16)}@{domain}>"


def told_at(moment: datetime) -> ColumnElement[datetime]:
    """When a delivery is with its recipient, as far as is known: what is tried again may have got
    there, or does as soon as its server answers, whenever its next attempt is due."""
    tried_again = (Delivery.attempts > 0) & (Delivery.due_at > moment)
    return case((tried_again, literal(moment, Delivery.due_at.type)), else_=Delivery.due_at)


_earlier = aliased(Delivery)
# Made once: making it takes longer than the database takes to answer.
_DUE = (
    select(Delivery.id, Delivery.recipient)
    .where(
        Delivery.state == "queued",
        Delivery.channel == bindparam("channel"),
        Delivery.due_at <= bindparam("moment"),
        or_(Delivery.lease_until.is_(None), Delivery.lease_until <= bindparam("moment")),
        Delivery.recipient.not_in(
            select(Breaker.recipient).where(
                Breaker.channel == bindparam("channel"), Breaker.probe_at > bindparam("moment")
            )
        ),
        Delivery.recipient.not_in(select(Channel.reference).where(Channel.active.is_(False))),
        # Nobody should read that a report is open again before they read of it.
        ~exists().where(
            _earlier.report_id == Delivery.report_id,
            _earlier.channel == Delivery.channel,
            _earlier.recipient == Delivery.recipient,
            _earlier.state == "queued",
            _earlier.id < Delivery.id,
        ),
    )
    .order_by(Delivery.due_at, Delivery.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True, of=Delivery)
)
_DUE_TO_OTHERS = _DUE.where(Delivery.recipient.not_in(bindparam("passing_by", expanding=True)))


def new_token() -> str:
    """Names a worker's batch in the rows that it has claimed."""
    return secrets.token_hex(16)


def claim_due(
    session: Session,
    lease: timedelta,
    *,
    channel: str = "mail",
    limit: int = 1,
    token: str | None = None,
    passing_by: Collection[str] = (),
) -> list[int]:
    """Claim the deliveries that are due longest; their ids, in that order. The caller's write
    transaction commits it. ``passing_by``: recipients whose turn it is not, unless nobody else is
    owed anything.

    No other worker can have them meanwhile: on SQLite there is one writer, elsewhere the rows are
    locked, and those that somebody else has locked are passed over.
    """
    moment = now()
    asked = {"channel": channel, "moment": moment, "most": limit}
    found: list[tuple[int, str]] = []
    if passing_by:
        others = session.execute(_DUE_TO_OTHERS, {**asked, "passing_by": list(passing_by)})
        found = [(delivery_id, recipient) for delivery_id, recipient in others]
    if not found:
        due = session.execute(_DUE, asked)
        found = [(delivery_id, recipient) for delivery_id, recipient in due]
    claimed = breaker.one_probe_each(session, channel, found, lease) if found else []
    if claimed:
        session.execute(
            update(_rows)
            .where(_rows.c.id.in_(claimed))
            .values(
                # Its former worker died with the message in its hands.
                possible_duplicate=or_(
                    _rows.c.possible_duplicate, _rows.c.lease_token.is_not(None)
                ),
                lease_token=token or new_token(),
                lease_until=moment + lease,
                attempts=_rows.c.attempts + 1,
            )
        )
    return claimed


def wake(session: Session, channel: str, server: str) -> None:
    """The server answers again: what waits because it was not reached is due now."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.state == "queued",
            Delivery.channel == channel,
            Delivery.due_at > now(),
            Delivery.last_error.startswith(f"{server}: ", autoescape=True),
        )
        .values(due_at=now())
        .execution_options(synchronize_session=False)
    )


def renew(session: Session, delivery_ids: Sequence[int], token: str, lease: timedelta) -> None:
    """Let claims that are still ours last ``lease`` from now on."""
    session.execute(
        update(_rows)
        .where(_rows.c.id.in_(delivery_ids), _rows.c.lease_token == token)
        .values(lease_until=now() + lease)
    )


def release(session: Session, delivery_id: int, lease_token: str) -> bool:
    """Give a claim back that was not used: the delivery is owed as before."""
    values = {"lease_token": None, "lease_until": None, "attempts": _rows.c.attempts - 1}
    return change_claimed(session, delivery_id, lease_token, values)


def change_claimed(
    session: Session, delivery_id: int, lease_token: str, values: Mapping[str, object]
) -> bool:
    """Change a delivery of which the claim is still ours; False where it is not."""
    changed = session.execute(
        update(_rows)
        .where(_rows.c.id == delivery_id, _rows.c.lease_token == lease_token)
        .values(**values)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has one
