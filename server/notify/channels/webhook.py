"""Signed webhooks, by Standard Webhooks; docs/webhooks.md is the contract with receivers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from server import outbound
from server.clock import now
from server.config import Settings
from server.extensions import db
from server.models import Delivery
from server.notify.channels.destination import channel_of, signing_secrets
from server.notify.channels.payload import payload, type_of
from server.notify.channels.signature import headers
from server.notify.channels.transport import NotOurs, Prepared, Receipt, Transport
from server.notify.failure import SendingError
from server.text.visible import visible

USER_AGENT = "Copydesk-Webhooks/1"
# What a receiver, or a firewall before it, says of one message. It is no reason to hold the others:
# a reader who writes what firewalls dislike could silence the channel.
ABOUT_ONE_MESSAGE = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


@dataclass(frozen=True)
class _Request:
    address: str
    message_id: str
    secrets: tuple[str, ...]


class WebhookTransport(Transport):
    logs_attempts = True

    @staticmethod
    def time_limit(settings: Settings) -> float:
        return outbound.TOTAL_SECONDS

    def prepare(self, delivery: Delivery) -> Prepared:
        channel = channel_of(db.session(), delivery)
        # What is tried again is the same message, though the report may have changed meanwhile.
        body = delivery.text or json.dumps(
            payload(delivery, self.settings.public_url), ensure_ascii=False
        )
        content = {"subject": type_of(delivery), "text": body}
        request = _Request(channel.address, delivery.message_id, signing_secrets(channel))
        return Prepared.of(delivery, content, request)

    def send(self, prepared: Prepared, still_ours: Callable[[], bool]) -> Receipt:
        if not still_ours():
            raise NotOurs
        request: _Request = prepared.message
        body = prepared.content["text"].encode()
        try:
            answer = outbound.post(
                request.address,
                body,
                {
                    "Content-Type": "application/json",
                    "User-Agent": USER_AGENT,
                    **headers(request.secrets, request.message_id, now(), body),
                },
                allow_private=self.settings.webhook_allow_private,
            )
        except outbound.Refused as error:
            raise SendingError(f"The address {error}", permanent=True, refused=True) from None
        except outbound.Failed as error:
            host = urlsplit(request.address).hostname
            words = f"{host}: {error}"
            raise SendingError(words, refused=True, perhaps_sent=error.handed_over) from error
        return _judge(answer)


def _judge(answer: outbound.Answer) -> Receipt:
    """2xx is success, and nothing else. 410 says that nobody wants to hear any more."""
    text = visible(answer.body.decode(errors="replace"))
    if 200 <= answer.status < 300:
        return Receipt(status=answer.status, answer=text)
    raise SendingError(
        _words(answer.status),
        permanent=answer.status == HTTPStatus.GONE,
        refused=answer.status not in ABOUT_ONE_MESSAGE,
        status=answer.status,
        answer=text,
        wait=answer.retry_after or 0,
    )


def _words(status: int) -> str:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "is no known status"
    if 300 <= status < 400:
        return f"{status} {phrase}: redirects are not followed, give the final address"
    return f"{status} {phrase}"
