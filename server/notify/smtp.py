"""Sending through Flask-Mail, hardened.

Flask-Mail 0.10 opens its connection without a time limit, accepts any certificate after STARTTLS,
and says QUIT on a connection that broke, which hides the first error. It carries the message and
the configuration; the connection is ours.
"""

from __future__ import annotations

import smtplib
import ssl
from types import TracebackType

from flask_mail import Connection, Mail, Message

from server.config import Settings


class SmtpConnection(Connection):
    """One connection to the mail server, for one batch. ``mail`` is Flask-Mail's state."""

    def __init__(self, mail: Mail, settings: Settings) -> None:
        super().__init__(mail)
        self.settings = settings

    def configure_host(self) -> smtplib.SMTP:
        """Connect, encrypt and log in. Raises OSError, ssl.SSLError or smtplib.SMTPException."""
        settings = self.settings
        context = ssl.create_default_context()
        host: smtplib.SMTP
        if settings.smtp_security == "tls":
            host = smtplib.SMTP_SSL(
                settings.smtp_host,
                settings.smtp_port,
                timeout=settings.smtp_timeout,
                context=context,
            )
        else:
            host = smtplib.SMTP(
                settings.smtp_host, settings.smtp_port, timeout=settings.smtp_timeout
            )
        try:
            if settings.smtp_security == "starttls":
                host.starttls(context=context)
            if settings.smtp_user:
                host.login(settings.smtp_user, settings.smtp_password)
        except BaseException:
            host.close()
            raise
        return host

    def send_one(self, message: Message) -> None:
        """Send to the message's one recipient; a refusal raises, none is swallowed."""
        if len(message.send_to) != 1:
            raise ValueError("a message has exactly one recipient")
        self.send(message)

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not isinstance(self.host, smtplib.SMTP):
            return
        try:
            self.host.quit()
        except (OSError, smtplib.SMTPException):
            # Already broken or gone: what was accepted is marked, what was not is owed still.
            self.host.close()
