"""A real SMTP server (aiosmtpd) that on command refuses, stalls or breaks off."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import threading
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailServer:
    """``messages``: what was accepted; ``raw``: the same as it came over the wire. ``held``: while
    it is set, no message is answered; ``at_hand``: how many wait for that.

    ``refuse_sender``, ``refuse_recipient``, ``refuse_data``: answers to give instead of accepting,
    once each, in order; ``"drop"`` closes the connection. ``stall_seconds`` passes before a message
    is accepted,
    ``late_seconds`` between accepting it and saying so. ``per_connection``: how many messages one
    connection may carry. ``options`` are aiosmtpd's, such as ``tls_context``.
    """

    def __init__(self, **options: Any) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[str] = []
        self.refuse_sender: list[str] = []
        self.refuse_recipient: list[str] = []
        self.refuse_data: list[str] = []
        self.stall_seconds = 0.0
        self.late_seconds = 0.0
        self.held = threading.Event()
        self.at_hand = 0
        self.per_connection = 1_000_000
        self.connections = 0
        self.port = free_port()
        self.options = options
        self.controller: Controller | None = None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        session.carried = 0
        self.connections += 1
        return answers

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if session.carried >= self.per_connection:
            return "421 too many messages in this connection"
        session.carried += 1
        if self.refuse_sender:
            return self.refuse_sender.pop(0)
        envelope.mail_from = address
        envelope.mail_options += options
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.stall_seconds:
            await asyncio.sleep(self.stall_seconds)
        self.at_hand += 1
        while self.held.is_set():
            await asyncio.sleep(0.01)
        self.at_hand -= 1
        if self.refuse_data:
            answer = self.refuse_data.pop(0)
            if answer != "drop":
                return answer
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.raw.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        if self.late_seconds:
            await asyncio.sleep(self.late_seconds)
        return "250 OK"

    def mail_with(self, words: str) -> str | None:
        """The text part of the first mail that has these words; None while there is none."""
        texts = (str(message.get_body(("plain",)).get_content()) for message in self.messages)
        return next((text for text in texts if words in text), None)

    def start(self) -> None:
        """Listen; after :meth:`stop`, again on the same port."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **self.options)
        self.controller.start()

    def stop(self) -> None:
        if self.controller is not None and self.controller.loop.is_running():
            self.controller.stop(no_assert=True)
