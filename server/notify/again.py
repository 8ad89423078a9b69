"""Sending again what was kept, failed, or was received and is wanted once more."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Delivery

# Its schedule begins anew.
_AFRESH = {"state": "queued", "attempts": 0, "last_error": ""}


def can_be_sent_again(delivery: Delivery) -> bool:
    """What was kept or failed; what a program received can be replayed, a mail that arrived not."""
    states = ("kept", "failed") if delivery.channel == "mail" else ("kept", "failed", "sent")
    # A reader's address is forgotten when the thanks have ended.
    return delivery.state in states and delivery.recipient != ""


def retry(session: Session, delivery: Delivery) -> bool:
    """Queue it again, with the same Message-ID. False where it cannot be sent again by now."""
    session.refresh(delivery)
    if not can_be_sent_again(delivery):
        return False
    changed = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.state == delivery.state)
        .values(**_AFRESH, due_at=now())
        .returning(Delivery.id)
    ).all()
    return bool(changed)


def retry_failed(session: Session, site_id: int, channel: str, recipient: str) -> int:
    """Queue all again that failed for a recipient at one site; how many. None for nobody: those
    whose recipient is forgotten have nothing in common."""
    if not recipient:
        return 0
    changed = session.execute(
        update(Delivery)
        .where(
            Delivery.site_id == site_id,
            Delivery.channel == channel,
            Delivery.recipient == recipient,
            Delivery.state == "failed",
        )
        .values(**_AFRESH, due_at=now())
        .returning(Delivery.id)
    ).all()
    return len(changed)
