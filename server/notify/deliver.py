"""Send what is owed."""

from __future__ import annotations

import logging
import smtplib
from contextlib import ExitStack

from flask import current_app
from flask_mail import Message
from sqlalchemy.orm import joinedload

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Report
from server.notify.message import Rendered, render
from server.notify.outbox import claim_due, lease_for, postpone, settle
from server.notify.smtp import SmtpConnection
from server.reports.comments import latest_comments

log = logging.getLogger(__name__)

# One connection serves at most this many messages, then another worker gets its turn.
BATCH = 50

# Refusals that concern every message: they are owed until the settings are mended.
OPERATORS_TO_MEND = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
)


def deliver_due(limit: int = BATCH) -> int:
    """Send or keep up to ``limit`` messages that are due. Returns how many were handled.

    Stops early where the mail server cannot be reached: the others would fail alike.
    """
    settings: Settings = current_app.extensions["copydesk_settings"]
    handled = 0
    with ExitStack() as stack:
        connection: SmtpConnection | None = None
        while handled < limit:
            with write_transaction() as session:
                claimed = claim_due(session, lease_for(settings.smtp_timeout))
                if claimed is None:
                    break
                delivery_id, token = claimed.id, str(claimed.lease_token)
            handled += 1
            rendered = _rendered(delivery_id, token, settings)
            if rendered is None:
                continue
            if not settings.smtp_host:
                _settle(delivery_id, token, "kept", rendered)
                continue
            try:
                if connection is None:
                    connection = stack.enter_context(
                        SmtpConnection(current_app.extensions["mail"], settings)
                    )
                connection.send_one(_message(delivery_id, rendered))
            except (OSError, smtplib.SMTPException) as error:
                connection = None
                stack.close()
                if not _failed(delivery_id, token, error):
                    break
            except Exception as error:
                _poisoned(delivery_id, token, error)
            else:
                _settle(delivery_id, token, "sent", rendered)
    return handled


def _rendered(delivery_id: int, token: str, settings: Settings) -> Rendered | None:
    """The message; None where it cannot be made, which fails this delivery alone."""
    try:
        delivery = _load(delivery_id)
        comments = list(latest_comments(db.session(), delivery.report))
        return render(delivery, comments, settings.public_url)
    except Exception as error:
        _poisoned(delivery_id, token, error)
        return None


def _poisoned(delivery_id: int, token: str, error: Exception) -> None:
    """A row that cannot become a message fails alone; its neighbours go on."""
    log.exception("delivery %s cannot be made into a message", delivery_id, exc_info=error)
    with write_transaction() as session:
        settle(session, delivery_id, token, state="failed", error=f"not a message: {error!r}")


def _load(delivery_id: int) -> Delivery:
    return db.session.get_one(
        Delivery,
        delivery_id,
        options=[
            joinedload(Delivery.report).joinedload(Report.page),
            joinedload(Delivery.site),
            joinedload(Delivery.event),
        ],
    )


def _message(delivery_id: int, rendered: Rendered) -> Message:
    delivery = db.session.get_one(Delivery, delivery_id)
    message = Message(
        subject=rendered.subject,
        recipients=[delivery.recipient],
        body=rendered.text,
        html=rendered.html,
        extra_headers=rendered.headers,
    )
    message.msgId = delivery.message_id
    # No transaction stays open while the mail server thinks.
    db.session.rollback()
    return message


def _settle(delivery_id: int, token: str, state: str, rendered: Rendered) -> None:
    with write_transaction() as session:
        settle(
            session,
            delivery_id,
            token,
            state=state,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
        )


def _failed(delivery_id: int, token: str, error: Exception) -> bool:
    """Record a failure. True where the next delivery may still succeed."""
    words = describe(error)
    log.warning("delivery %s: %s", delivery_id, words)
    with write_transaction() as session:
        if _is_permanent(error):
            settle(session, delivery_id, token, state="failed", error=words)
        else:
            attempts = session.get_one(Delivery, delivery_id).attempts
            postpone(session, delivery_id, token, attempts, words)
    return isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)


def _is_permanent(error: Exception) -> bool:
    """5xx about this message or its recipient (RFC 5321, 4.2.1)."""
    if isinstance(error, OPERATORS_TO_MEND):
        return False
    code = _code(error)
    return code is not None and 500 <= code < 600


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    return None


def describe(error: Exception) -> str:
    """The server's words, or the system's, for the editor who looks under Deliveries."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"{code} {words.decode(errors='replace')}"
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        text = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
        return f"{error.smtp_code} {text}"
    return f"{type(error).__name__}: {error}"
