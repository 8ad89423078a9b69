"""Sending through Flask-Mail, hardened.

Flask-Mail 0.10 opens its connection without a time limit, accepts any certificate after STARTTLS,
says QUIT on a connection that broke, which hides the first error, and sends nothing, silently,
while an application is tested. It carries message and configuration; the connection is ours.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from flask_mail import Connection, Mail

from server.config import Settings
from server.notify.failure import SendingError, not_connected, not_sent
from server.notify.mime import OutgoingMessage
from server.outbound import cut_off

# Exchanges of one message, each with the mail server's time limit: MAIL, RCPT, DATA, the message
# itself, RSET; one to spare.
EXCHANGES = 6


def time_limit(settings: Settings) -> float:
    """Seconds after which a message, or the making of a connection, is cut off."""
    return EXCHANGES * settings.smtp_timeout


def server_name(settings: Settings) -> str:
    return f"{settings.smtp_host}:{settings.smtp_port}"


def _socket(host: smtplib.SMTP) -> Callable[[], object]:
    return lambda: getattr(host, "sock", None)


@dataclass(frozen=True)
class Envelope:
    """A message in its envelope."""

    sender: str
    recipient: str
    content: bytes
    options: tuple[str, ...] = ()

    @classmethod
    def of(cls, message: OutgoingMessage) -> Self:
        """Raises ValueError or UnicodeError for a message that cannot be written."""
        return cls(
            parseaddr(str(message.sender))[1],
            message.address,
            message.as_bytes(),
            ("SMTPUTF8", "BODY=8BITMIME") if message.needs_utf8 else (),
        )


class _Watched(smtplib.SMTP):
    """Knows whether a message was handed over, and connects within a time limit."""

    handed_over = False

    def __init__(self, settings: Settings, **options: Any) -> None:
        self.limit = time_limit(settings)
        super().__init__(
            settings.smtp_host,
            settings.smtp_port,
            local_hostname=_own_name(settings),
            timeout=settings.smtp_timeout,
            **options,
        )

    def connect(self, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        with cut_off(_socket(self), self.limit):
            return super().connect(*arguments, **options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.handed_over = True
        return super().data(msg)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _own_name(settings: Settings) -> str:
    """How we introduce ourselves; asking the system could mean asking a slow name server."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    if ":" in host:
        return f"[IPv6:{host}]"
    return f"[{host}]" if host.replace(".", "").isdecimal() else host


class SmtpConnection(Connection):
    """One connection to the mail server. ``mail`` is Flask-Mail's state."""

    def __init__(self, mail: Mail, settings: Settings) -> None:
        super().__init__(mail)
        self.settings = settings

    def __enter__(self) -> Self:
        self.host = self.configure_host()
        self.num_emails = 0
        return self

    def configure_host(self) -> _Watched:
        """Connect, encrypt and log in. Raises OSError, ssl.SSLError or smtplib.SMTPException."""
        settings = self.settings
        # Reading the system's authorities takes longer than writing many messages.
        if settings.smtp_security == "tls":
            host: _Watched = _WatchedTls(settings, context=ssl.create_default_context())
        else:
            host = _Watched(settings)
        try:
            with cut_off(_socket(host), host.limit):
                if settings.smtp_security == "starttls":
                    host.starttls(context=ssl.create_default_context())
                if settings.smtp_user:
                    host.login(settings.smtp_user, settings.smtp_password)
        except BaseException:
            host.close()
            raise
        return host

    def send_envelope(self, envelope: Envelope) -> None:
        """Raises SendingError where it was not accepted. Flask-Mail's own step here cannot carry
        international addresses."""
        host = self.host
        assert isinstance(host, _Watched)
        host.handed_over = False
        try:
            with cut_off(_socket(host), host.limit):
                host.sendmail(
                    envelope.sender, [envelope.recipient], envelope.content, envelope.options
                )
        except (OSError, smtplib.SMTPException) as error:
            raise not_sent(error, handed_over=host.handed_over) from error

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        host = self.host
        if not isinstance(host, _Watched):
            return
        try:
            with cut_off(_socket(host), self.settings.smtp_timeout):
                host.quit()
        except (OSError, smtplib.SMTPException):
            # Already broken or gone: what was accepted is marked, what was not is owed still.
            host.close()


class Batch:
    """The connection of one batch: made when first needed, kept while it works."""

    def __init__(self, mail: Mail, settings: Settings) -> None:
        self.mail = mail
        self.settings = settings
        self.connection: SmtpConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> bool:
        """Have a connection. True where it is a new one. Raises SendingError."""
        if self.connection is not None:
            return False
        connection = SmtpConnection(self.mail, self.settings)
        try:
            connection.__enter__()
        except (OSError, smtplib.SMTPException) as error:
            raise not_connected(error, server_name(self.settings)) from error
        self.connection = connection
        return True

    def send(self, envelope: Envelope) -> None:
        """Send over the open connection. Raises SendingError."""
        assert self.connection is not None
        try:
            self.connection.send_envelope(envelope)
        except SendingError as failure:
            if failure.closed:
                self.close()
            raise
        except BaseException:
            # Nobody knows where the conversation stopped.
            self.close()
            raise

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.__exit__(None, None, None)
