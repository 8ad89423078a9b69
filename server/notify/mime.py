"""The form of a message on the wire (RFC 5322, RFC 2046)."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import lru_cache

from flask import current_app
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


# Their display names are quoted or encoded.
_ADDRESSES = ("from", "to", "reply-to", "sender", "cc")
# Printable ASCII that is no encoded word by chance.
_BARE = re.compile(r"(?!.*=\?)[ -~]*")
# What is no plain text.
_FOREIGN = bytes({0, *range(128, 256)})
# RFC 5322, 2.1.1.
LINE = 78


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

    def __init__(
        self,
        *,
        message_id: str,
        subject: str,
        recipient: str,
        text: str,
        html: str,
        headers: dict[str, str],
    ) -> None:
        # Instead of Flask-Mail's own, which asks the system for this machine's name, for a
        # Message-ID that is not ours: with a slow name server every mail would wait for it.
        self.msgId = message_id
        self.subject = subject
        self.sender = current_app.extensions["mail"].default_sender
        self.recipients = [recipient]
        self.body = text
        self.alts = {"html": html}
        self.extra_headers = headers

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
        boundary = f"=_{secrets.token_hex(16)}"
        headers = {
            "Subject": self.subject,
            "From": self.sender,
            "To": self.address,
            "Date": format_datetime(now()),
            "Message-ID": self.msgId,
            **(self.extra_headers or {}),
            "MIME-Version": "1.0",
        }
        head = b"".join(
            _header(name, str(value), self.needs_utf8) for name, value in headers.items()
        )
        kind = f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'
        return b"".join(
            (
                head,
                kind.encode(),
                f"\r\n--{boundary}\r\n".encode(),
                _part("plain", self.body or ""),
                f"\r\n--{boundary}\r\n".encode(),
                _part("html", self.html or ""),
                f"\r\n--{boundary}--\r\n".encode(),
            )
        )


def _header(name: str, value: str, utf8: bool) -> bytes:
    """One header, folded where it must be. Python's own way takes longer for the few headers of a
    message than a mail server for all of it, so most take the short one."""
    if not _BARE.fullmatch(value):
        return _folded(name, value, utf8)
    if name.lower() in _IDENTIFIERS or (
        name.lower() not in _ADDRESSES and len(name) + len(value) < LINE - 2
    ):
        return f"{name}: {value}\r\n".encode("ascii")
    return _folded(name, value, utf8)


@lru_cache(maxsize=1_024)
def _folded(name: str, value: str, utf8: bool) -> bytes:
    """Raises ValueError for a line break."""
    policy = _POLICY.clone(utf8=utf8)
    return policy.fold_binary(*policy.header_store_parse(name, value))


def _part(subtype: str, text: str) -> bytes:
    """A text as a body part: as it is where its lines are short and plain, else encoded the shorter
    way. Raises UnicodeError for lone surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    octets = lines.encode()
    foreign = len(octets) - len(octets.translate(None, _FOREIGN))
    if not foreign and all(len(line) <= LINE for line in octets.split(b"\n")):
        encoding, body = "7bit", octets
    elif foreign * 6 <= len(octets):
        encoding, body = "quoted-printable", binascii.b2a_qp(octets, istext=True)
    else:
        encoding, body = "base64", base64.encodebytes(octets.replace(b"\n", b"\r\n"))
    head = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + body.replace(b"\n", b"\r\n")
