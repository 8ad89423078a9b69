"""Send what is owed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Report
from server.notify.failure import SendingError
from server.notify.letter import Rendered
from server.notify.message import render
from server.notify.mime import OutgoingMessage
from server.notify.outbox import claim_due, postpone, renew, settle
from server.notify.smtp import Batch, time_limit

log = logging.getLogger(__name__)

# One connection serves at most this many messages, then another worker gets its turn.
BATCH = 50
# Room for rendering, for the database, and for clocks of several machines that disagree.
LEASE_MARGIN_SECONDS = 15.0


class LeaseLostError(Exception):
    """Another worker has taken the delivery over."""


@dataclass(frozen=True)
class Claim:
    """One delivery that is ours until its lease runs out."""

    delivery_id: int
    token: str


def lease_of(settings: Settings) -> timedelta:
    """How long a claim lasts: longer than one message can take. A claim never covers a batch."""
    return timedelta(seconds=time_limit(settings) + LEASE_MARGIN_SECONDS)


def deliver_due(limit: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send or keep up to ``limit`` messages that are due. Returns how many were handled.

    Stops early where the others would fail alike, and between two messages when ``stopping``
    says so.
    """
    settings: Settings = current_app.extensions["copydesk_settings"]
    handled = 0
    with Batch(current_app.extensions["mail"], settings) as batch:
        while handled < limit and not stopping():
            claim = _claim(settings)
            if claim is None:
                break
            handled += 1
            if not _deliver(claim, batch, settings):
                break
    return handled


def _claim(settings: Settings) -> Claim | None:
    with write_transaction() as session:
        delivery = claim_due(session, lease_of(settings))
        return Claim(delivery.id, str(delivery.lease_token)) if delivery else None


def _deliver(claim: Claim, batch: Batch, settings: Settings) -> bool:
    """Send or keep one message and mark it. False where the others would fail alike."""
    try:
        rendered, message = _render(claim, settings)
        if not settings.smtp_host:
            _settle(claim, "kept", rendered)
            return True
        _send(claim, message, batch, settings)
    except SendingError as failure:
        _failed(claim, failure, rendered)
        return not failure.everyone
    except LeaseLostError:
        log.warning("delivery %s was taken over by another worker", claim.delivery_id)
        return True
    except SQLAlchemyError:
        # The database's trouble, not the message's: the lease runs out and the row is due again.
        raise
    except Exception as error:
        # A row that cannot become a message fails alone; its neighbours go on.
        log.exception("delivery %s cannot be made into a message", claim.delivery_id)
        with write_transaction() as session:
            words = f"not a message: {error!r}"
            settle(session, claim.delivery_id, claim.token, state="failed", error=words)
        return True
    _settle(claim, "sent", rendered)
    return True


def _render(claim: Claim, settings: Settings) -> tuple[Rendered, OutgoingMessage]:
    delivery = db.session.get_one(
        Delivery,
        claim.delivery_id,
        options=[
            joinedload(Delivery.report).joinedload(Report.page),
            joinedload(Delivery.site),
            joinedload(Delivery.event),
        ],
    )
    rendered = render(db.session(), delivery, settings)
    message = OutgoingMessage(
        subject=rendered.subject,
        recipients=[delivery.recipient],
        body=rendered.text,
        html=rendered.html,
        extra_headers=rendered.headers,
    )
    message.msgId = delivery.message_id
    # No transaction stays open while the mail server thinks.
    db.session.rollback()
    return rendered, message


def _send(claim: Claim, message: OutgoingMessage, batch: Batch, settings: Settings) -> None:
    """Raises SendingError, or LeaseLostError where connecting took too long."""
    while True:
        connected = batch.open()
        if connected:
            with write_transaction() as session:
                if not renew(session, claim.delivery_id, claim.token, lease_of(settings)):
                    raise LeaseLostError
        try:
            batch.send(message)
        except SendingError as failure:
            # Servers bound the messages of one connection: say it again over a new one.
            if connected or failure.perhaps_sent or not failure.closed:
                raise
        else:
            return


def _settle(claim: Claim, state: str, rendered: Rendered) -> None:
    with write_transaction() as session:
        settle(session, claim.delivery_id, claim.token, state=state, content=rendered.stored())


def _failed(claim: Claim, failure: SendingError, rendered: Rendered) -> None:
    log.warning("delivery %s: %s", claim.delivery_id, failure)
    content = rendered.stored()
    with write_transaction() as session:
        if failure.permanent:
            settle(
                session,
                claim.delivery_id,
                claim.token,
                state="failed",
                error=str(failure),
                content=content,
            )
        else:
            postpone(
                session,
                claim.delivery_id,
                claim.token,
                error=str(failure),
                content=content,
                perhaps_sent=failure.perhaps_sent,
            )
