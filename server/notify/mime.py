"""The form of a message on the wire (RFC 5322, RFC 2046)."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

from flask_mail import Message

from server.clock import now

# Their values have no spaces at which a line could be folded. Python would cut a long one into
# encoded words, in which no mail program finds the thread.
_IDENTIFIERS = (
    "message-id",
    "in-reply-to",
    "references",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "feedback-id",
)


class _WirePolicy(EmailPolicy):
    def fold(self, name: str, value: str) -> str:
        if name.lower() in _IDENTIFIERS:
            return f"{name}: {value}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _IDENTIFIERS:
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


# "7bit": every body is encoded where it must be, so that no line is longer than the 998 octets
# that servers accept, and no server needs 8BITMIME.
_POLICY = _WirePolicy(linesep=SMTP.linesep, max_line_length=SMTP.max_line_length, cte_type="7bit")


class OutgoingMessage(Message):  # type: ignore[misc, unused-ignore]  # flask-mail's types vary
    """A Flask-Mail message for one recipient, with a text and an HTML part.

    Flask-Mail's own form has body lines of any length and a needless ``multipart/mixed``.
    """

    @property
    def needs_utf8(self) -> bool:
        """Whether the address has a local part that only SMTPUTF8 (RFC 6531) can carry."""
        return not self.address.isascii()

    @property
    def address(self) -> str:
        """The recipient; an international domain in its ASCII form."""
        (recipient,) = self.recipients
        local, _, domain = str(recipient).rpartition("@")
        return str(recipient) if domain.isascii() else f"{local}@{domain.encode('idna').decode()}"

    def as_bytes(self) -> bytes:
        """Raises ValueError for a header with a line break, UnicodeError for lone surrogates."""
        policy = _POLICY.clone(utf8=True) if self.needs_utf8 else _POLICY
        message = EmailMessage(policy=policy)
        message["Subject"] = self.subject
        message["From"] = self.sender
        message["To"] = self.address
        message["Date"] = now()
        message["Message-ID"] = self.msgId
        for name, value in (self.extra_headers or {}).items():
            message[name] = value
        message.set_content(self.body or "")
        message.add_alternative(self.html or "", subtype="html")
        return message.as_bytes()
