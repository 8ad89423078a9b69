"""The ways by which a message leaves: one file each, and its name in :data:`TRANSPORTS`."""

from __future__ import annotations

from server.notify.channels.chat import ChatTransport
from server.notify.channels.mail import MailTransport
from server.notify.channels.transport import Prepared, Transport
from server.notify.channels.webhook import WebhookTransport

TRANSPORTS: dict[str, type[Transport]] = {
    "mail": MailTransport,
    "webhook": WebhookTransport,
    "apprise": ChatTransport,
}

__all__ = ["TRANSPORTS", "Prepared", "Transport"]
