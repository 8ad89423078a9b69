"""Slack, Telegram, Discord, Matrix, Teams and the like, through Apprise (an extra: ``chat``).

Apprise takes any address and some 150 schemes, among them files, commands and every host. Here it
gets those of :data:`SERVICES` alone, and connects only where :mod:`server.outbound` allows.
"""

from __future__ import annotations

import importlib.util
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from server import outbound
from server.config import Settings
from server.extensions import db
from server.language import best_language, gettext, speaking
from server.models import Delivery, DeliveryReport, Report
from server.notify.channels.announcement import chat_message
from server.notify.channels.destination import channel_of
from server.notify.channels.guarded import guarded_connections
from server.notify.channels.transport import NotOurs, Prepared, Receipt, Transport
from server.notify.failure import SendingError
from server.text.visible import visible

# Services by the scheme of their Apprise addresses. Those whose host is in the address, last.
SERVICES = {
    "slack": "Slack",
    "discord": "Discord",
    "tgram": "Telegram",
    "gchat": "Google Chat",
    "webex": "Webex",
    "wxteams": "Webex",
    "zulip": "Zulip",
    "workflow": "Microsoft Teams",
    "workflows": "Microsoft Teams",
    "matrixs": "Matrix",
    "mmosts": "Mattermost",
    "rockets": "Rocket.Chat",
    "nctalks": "Nextcloud Talk",
    "ntfys": "ntfy",
    "gotifys": "Gotify",
}
# The same without encryption, for a trial on one machine.
PLAIN = {"matrix": "Matrix", "mmost": "Mattermost", "rocket": "Rocket.Chat", "ntfy": "ntfy"}
# A file or an address to read, a weaker check, or a longer wait.
FORBIDDEN = frozenset({"template", "verify", "redirect", "cto", "rto", "retry", "wait", "store"})
# A service may need several requests, such as log-in, join and send.
TOTAL_SECONDS = 30.0
SHORTEST_SECRET = 6


def require_chat_address(address: str, *, allow_private: bool = False) -> None:
    """Raises outbound.Refused, whose message holds nothing of the address but its scheme."""
    if len(address) > outbound.LONGEST_URL or not address.isprintable() or " " in address:
        raise outbound.Refused(
            f"must have at most {outbound.LONGEST_URL} characters, and no spaces."
        )
    scheme = address.partition("://")[0].lower()
    known = SERVICES | (PLAIN if allow_private else {})
    if scheme not in known:
        raise outbound.Refused(
            f"must be an Apprise address that begins with one of {', '.join(sorted(known))} "
            "and ://. See docs/webhooks.md."
        )
    for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True):
        # A sign in front makes Apprise pass it on, as headers or fields.
        if name.lower().lstrip("+-:") in FORBIDDEN:
            raise outbound.Refused(f"must not set {name}.")
    if importlib.util.find_spec("apprise") is None:
        raise outbound.Refused("needs Apprise, which is not installed: pip install copydesk[chat].")
    with _words() as said:
        service = _service(address)
    if service is None:
        reason = _without_secrets("; ".join(said), address) or "see docs/webhooks.md"
        raise outbound.Refused(f"is not a complete {known[scheme]} address: {reason}.")


def shown_address(address: str) -> str:
    """An address as it may be shown: of a chat service its name alone, as the rest is secret."""
    scheme, _, rest = address.partition("://")
    if scheme in ("http", "https"):
        return f"{scheme}://{urlsplit(address).netloc}/…"
    return f"{scheme}://…" if rest else "…"


class ChatTransport(Transport):
    logs_attempts = True

    @staticmethod
    def time_limit(settings: Settings) -> float:
        return TOTAL_SECONDS

    def expect(self, deliveries: Sequence[Delivery]) -> None:
        # What a flood gathered may be thousands of reports.
        each = selectinload(Delivery.reports)
        db.session.scalars(
            select(Delivery)
            .where(Delivery.id.in_([delivery.id for delivery in deliveries]))
            .options(
                each.joinedload(DeliveryReport.report).joinedload(Report.page),
                each.joinedload(DeliveryReport.event),
            )
        ).all()

    def prepare(self, delivery: Delivery) -> Prepared:
        channel = channel_of(db.session(), delivery)
        scheme = channel.address.partition("://")[0].lower()
        with speaking(best_language(delivery.site.language)):
            text = chat_message(delivery, scheme, self.settings.public_url)
            subject = gettext("Message on %(service)s", service=(SERVICES | PLAIN)[scheme])
        content = {"subject": subject, "text": text}
        return Prepared.of(delivery, content, channel.address)

    def send(self, prepared: Prepared, still_ours: Callable[[], bool]) -> Receipt:
        if not still_ours():
            raise NotOurs
        address: str = prepared.message
        allow_private = self.settings.webhook_allow_private
        try:
            require_chat_address(address, allow_private=allow_private)
        except outbound.Refused as error:
            raise SendingError(f"The address {error}", permanent=True, refused=True) from None
        with (
            _words() as said,
            guarded_connections(TOTAL_SECONDS, allow_private=allow_private) as refusals,
        ):
            done = _notify(address, prepared.content["text"])
        if done:
            return Receipt()
        words = "; ".join([*refusals, *said]) or "the message was not accepted, and no reason given"
        service = (SERVICES | PLAIN)[address.partition("://")[0].lower()]
        raise SendingError(
            f"{service}: {_without_secrets(words, address)}",
            permanent=bool(refusals),
            refused=True,
        )


def _service(address: str) -> Any:
    """An Apprise service that waits for nobody, retries nothing and keeps nothing on disk."""
    import apprise  # noqa: PLC0415 - an extra that not every server has

    asset = apprise.AppriseAsset(
        app_id="Copydesk",
        app_desc="Copydesk",
        app_url="",
        # Their default is a picture from elsewhere.
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        # Without it the message is sent in this thread, where the guard is. The guard has a limit.
        service_timeout=0,
    )
    return apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)


def _notify(address: str, text: str) -> bool:
    import apprise  # noqa: PLC0415 - an extra that not every server has

    service = _service(address)
    service.redirects = False
    # A message that a service finds too long would be refused for ever, and the next with it.
    service.overflow_mode = apprise.OverflowMode.SPLIT
    sender = apprise.Apprise(asset=service.asset)
    sender.add(service)
    # "text": what the service takes for formatting is escaped by Apprise, or by us where it is not.
    return bool(sender.notify(body=text, body_format=apprise.NotifyFormat.TEXT))


@contextmanager
def _words() -> Iterator[list[str]]:
    """What Apprise complains of in this thread. It answers with yes or no, and logs the reason,
    sometimes with the address: never to our log."""
    logger = logging.getLogger("apprise")
    # In detail, both write addresses down.
    logger.setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    logger.propagate = False
    said: list[str] = []
    handler = _Collect(said, threading.get_ident())
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)


class _Collect(logging.Handler):
    def __init__(self, said: list[str], thread: int) -> None:
        super().__init__(logging.WARNING)
        self.said = said
        self.thread = thread

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.said.append(record.getMessage())


def _without_secrets(words: str, address: str) -> str:
    """Words without whatever of the address could be a token."""
    rest = address.partition("://")[2]
    # The host of an own server is no secret; where there is none, its place holds a token.
    for separator in "/?#@:&=,%":
        rest = rest.replace(separator, " ")
    for part in sorted({*rest.split(), *unquote(rest).split()}, key=len, reverse=True):
        if len(part) >= SHORTEST_SECRET:
            words = words.replace(part, "…")
    return visible(" ".join(words.split())).rstrip(".")
