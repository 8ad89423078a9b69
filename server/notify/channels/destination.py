"""The channel that a delivery goes to."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Channel, Delivery
from server.notify.failure import SendingError

REMOVED = "The channel was removed."


def channel_of(session: Session, delivery: Delivery) -> Channel:
    """Raises SendingError where it was removed."""
    channel = session.scalar(select(Channel).where(Channel.reference == delivery.recipient))
    if channel is None:
        raise SendingError(REMOVED, permanent=True)
    return channel


def signing_secrets(channel: Channel) -> tuple[str, ...]:
    """The secrets that sign now, the newest first."""
    if channel.former_secret and channel.former_until and channel.former_until > now():
        return (channel.secret, channel.former_secret)
    return (channel.secret,)
