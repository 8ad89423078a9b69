"""Send one test message, and say in words what stands in its way and what to change."""

from __future__ import annotations

import smtplib
import socket
import ssl
from email.utils import make_msgid, parseaddr

from flask_mail import Mail

from server.config import Settings
from server.notify.failure import SendingError, words_of
from server.notify.mime import OutgoingMessage
from server.notify.smtp import Envelope, SmtpConnection
from server.text.mailbox import InvalidAddress, checked_address

SUBJECT = "Test message from Copydesk"
BODY = (
    "This is the test message that was asked for with: copydesk mail test\n\n"
    "It arrived, so editors will get theirs.\n"
)


class Diagnosis(Exception):  # noqa: N818 - says what is wrong and what to do
    """Why the message was not accepted. ``advice``: what to change."""

    def __init__(self, found: str, advice: str) -> None:
        super().__init__(f"{found}\n{advice}")
        self.found = found
        self.advice = advice


def send_test(mail: Mail, settings: Settings, recipient: str) -> None:
    """Send through the configured server. Raises Diagnosis where it is not accepted."""
    envelope = _envelope(settings, recipient)
    if not settings.smtp_host:
        raise Diagnosis(
            "No mail server is configured, so messages are kept under Deliveries.",
            "Set COPYDESK_SMTP_HOST, and COPYDESK_SMTP_PORT, _SECURITY, _USER and _PASSWORD "
            "as your mail server asks for.",
        )
    connection = SmtpConnection(mail, settings)
    try:
        connection.__enter__()
    except (OSError, smtplib.SMTPException) as error:
        raise _of_connection(error, settings) from error
    try:
        connection.send_envelope(envelope)
    except SendingError as failure:
        cause = failure.__cause__
        assert isinstance(cause, OSError | smtplib.SMTPException)
        raise _of_message(cause, settings, recipient) from cause
    finally:
        connection.__exit__(None, None, None)


def _envelope(settings: Settings, recipient: str) -> Envelope:
    try:
        address = checked_address(recipient, trial=True)
    except InvalidAddress as error:
        raise Diagnosis(
            f"{recipient} is not a mail address: {error}", "Give another one."
        ) from None
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    html = "".join(f"<p>{paragraph.strip()}</p>" for paragraph in BODY.split("\n\n"))
    message = OutgoingMessage(
        message_id=make_msgid(domain=domain),
        subject=SUBJECT,
        recipient=address,
        text=BODY,
        html=html,
        headers={"Auto-Submitted": "auto-generated"},
    )
    return Envelope.of(message)


def _of_connection(  # noqa: PLR0911 - one for each kind of trouble
    error: OSError | smtplib.SMTPException, settings: Settings
) -> Diagnosis:
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    said = words_of(error)
    if isinstance(error, socket.gaierror):
        return Diagnosis(
            f"The name {settings.smtp_host} was not found: {said}.",
            "Check COPYDESK_SMTP_HOST, and that this machine can resolve names.",
        )
    if isinstance(error, ConnectionRefusedError):
        return Diagnosis(
            f"{server} refused the connection: nothing listens there, or a firewall says no.",
            "Check COPYDESK_SMTP_HOST and COPYDESK_SMTP_PORT: 587 is usual with starttls, "
            "465 with tls, 25 without.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Diagnosis(
            f"The certificate of {server} is not accepted: {error.verify_message}.",
            "COPYDESK_SMTP_HOST must be a name in the certificate. For an authority of your own "
            "set SSL_CERT_FILE to its certificate.",
        )
    if isinstance(error, ssl.SSLError):
        return Diagnosis(
            f"{server} does not speak TLS from the first byte: {said}.",
            "Set COPYDESK_SMTP_SECURITY=starttls (usual on port 587), or use the port for TLS, "
            "usually 465.",
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _of_missing(server, said)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Diagnosis(
            f"{server} refused the log-in as {settings.smtp_user}: {said}",
            "Check COPYDESK_SMTP_USER and COPYDESK_SMTP_PASSWORD; many providers want a password "
            "made for applications.",
        )
    if isinstance(error, TimeoutError | smtplib.SMTPServerDisconnected | ConnectionError):
        return Diagnosis(
            f"{server} gave no greeting within {settings.smtp_timeout:g} seconds, or hung up: "
            f"{said}.",
            "A firewall may swallow the connection (many providers block port 25: use 587), or "
            "the server expects TLS from the first byte: COPYDESK_SMTP_SECURITY=tls, usually "
            "port 465.",
        )
    if isinstance(error, smtplib.SMTPException):
        return Diagnosis(
            f"{server} does not want to talk to us: {said}",
            "Ask who runs it; this machine's address may be blocked.",
        )
    return Diagnosis(
        f"{server} cannot be reached: {said}.",
        "Check the network, and COPYDESK_SMTP_HOST and COPYDESK_SMTP_PORT.",
    )


def _of_missing(server: str, said: str) -> Diagnosis:
    if "STARTTLS" in said:
        return Diagnosis(
            f"{server} offers no STARTTLS, so nothing was sent in the clear.",
            "Use a port that does, usually 587, or set COPYDESK_SMTP_SECURITY=tls (port 465). "
            "Without encryption, none, only within a network of your own.",
        )
    return Diagnosis(
        f"{server} offers no log-in: {said}",
        "Many servers offer it only when encrypted: set COPYDESK_SMTP_SECURITY to starttls or "
        "tls. If none is needed, leave COPYDESK_SMTP_USER empty.",
    )


def _of_message(  # noqa: PLR0911 - one for each kind of trouble
    error: OSError | smtplib.SMTPException, settings: Settings, recipient: str
) -> Diagnosis:
    said = words_of(error)
    if isinstance(error, smtplib.SMTPSenderRefused):
        if error.smtp_code in (530, 535):
            return Diagnosis(
                f"The server wants a log-in before it takes mail: {said}",
                "Set COPYDESK_SMTP_USER and COPYDESK_SMTP_PASSWORD.",
            )
        return Diagnosis(
            f"The sender {settings.mail_from} was refused: {said}",
            "Set COPYDESK_MAIL_FROM to an address that this server may send for.",
        )
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        if 400 <= code < 500:
            return Diagnosis(
                f"{recipient} was not accepted for now (greylisting, or a full mailbox): {said}",
                "Nothing needs to be changed where it is greylisting: Copydesk tries again by "
                "itself. Try this test again in fifteen minutes.",
            )
        return Diagnosis(
            f"The recipient {recipient} was refused: {said}",
            "Check the address. If the server says that it does not relay, it wants a log-in: "
            "COPYDESK_SMTP_USER and COPYDESK_SMTP_PASSWORD.",
        )
    if isinstance(error, smtplib.SMTPDataError):
        if 400 <= error.smtp_code < 500:
            return Diagnosis(
                f"The message was not accepted for now: {said}",
                "Copydesk tries again by itself. Try this test again in fifteen minutes.",
            )
        return Diagnosis(
            f"The message was refused: {said}",
            "The server takes it for spam or forbids its form. Check SPF, DKIM and DMARC of the "
            f"domain of COPYDESK_MAIL_FROM ({settings.mail_from}).",
        )
    return Diagnosis(
        f"The connection broke while the message was sent: {said}",
        "It may have arrived all the same. If it happens again, raise COPYDESK_SMTP_TIMEOUT, or "
        "ask who runs the server.",
    )
