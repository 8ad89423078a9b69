"""Signed links: what a mail lets its reader do without logging in.

A link's token is a signature over who may do what with which report. Each purpose signs with a
salt of its own, so that no token serves another purpose. Only a POST acts: programs that look for
malware open every link of a mail.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Self
from uuid import UUID

from itsdangerous import BadSignature, SignatureExpired

from server.config import Settings
from server.signing import ClockSigner

ACTIONS = ("fixed", "rejected", "spam")
# An editor comes back from a holiday; a forgotten mail does not stay a key for ever.
ACTION_DAYS = 14
INVITATION_DAYS = 14
# Stopping mail must work for as long as anybody keeps a message.
STOP_DAYS = 730
# A form of a page that was left open.
FORM_MINUTES = 60

_SEAL_BYTES = 9
# Two ids and a seal in base64; the version follows.
_ACT_LENGTH = len(urlsafe_b64encode(bytes(16 + 16 + _SEAL_BYTES)).rstrip(b"="))


class LinkError(Exception):
    """A link that does not work: not ours, or changed on its way."""


class ExpiredLink(LinkError):  # noqa: N818 - reads as what happened
    """A link that was ours, too long ago. ``value``: what it says; ``delivery``: the public id of
    the message it came in, where it names one."""

    def __init__(self, value: str) -> None:
        super().__init__("The link is too old.")
        self.value = value
        self.delivery: UUID | None = None


@dataclass(frozen=True)
class Act:
    """May change a report, or mute its page, in the name of a message's recipient.

    ``delivery``, ``report``: public ids. ``version``: the report's, as the message shows it.
    ``seal`` ends with the account's sessions (see :func:`seal_of`).
    """

    delivery: UUID
    report: UUID
    version: int
    seal: bytes


class Links:
    """Makes and reads tokens. ``keys``: the present one last, older ones verify only."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = list(keys)
        self._signers: dict[str, ClockSigner] = {}

    @classmethod
    @cache
    def of(cls, settings: Settings) -> Self:
        """Those of a server, made once: a mail has several links."""
        return cls([*reversed(settings.secret_key_fallbacks), settings.secret_key])

    def sign_act(self, purpose: str, act: Act) -> str:
        """The token of a link that acts: URL-safe text."""
        fixed = act.delivery.bytes + act.report.bytes + act.seal
        return self._sign(purpose, f"{_text(fixed)}{act.version}")

    def read_act(self, purpose: str, token: str) -> Act:
        """Raises LinkError, ExpiredLink."""
        try:
            value = self._read(purpose, token, timedelta(days=ACTION_DAYS))
        except ExpiredLink as error:
            error.delivery = UUID(bytes=_bytes(error.value[:_ACT_LENGTH])[:16])
            raise
        fixed = _bytes(value[:_ACT_LENGTH])
        return Act(
            delivery=UUID(bytes=fixed[:16]),
            report=UUID(bytes=fixed[16:32]),
            version=int(value[_ACT_LENGTH:]),
            seal=fixed[32:],
        )

    def sign_stop(self, purpose: str, delivery: UUID) -> str:
        """The token of a link that stops messages such as this delivery's."""
        return self._sign(purpose, _text(delivery.bytes))

    def read_stop(self, purpose: str, token: str) -> UUID:
        """The delivery's public id. Raises LinkError, ExpiredLink."""
        try:
            return UUID(bytes=_bytes(self._read(purpose, token, timedelta(days=STOP_DAYS))))
        except ExpiredLink as error:
            error.delivery = UUID(bytes=_bytes(error.value))
            raise

    def sign_hash(self, purpose: str, hashed: bytes) -> str:
        """The token of a link that is about an address of which a hash is all that is known."""
        return self._sign(purpose, _text(hashed))

    def read_hash(self, purpose: str, token: str) -> bytes:
        """Raises LinkError, ExpiredLink."""
        return _bytes(self._read(purpose, token, timedelta(days=STOP_DAYS)))

    def sign_invitation(self, invitation: UUID) -> str:
        """The token by which an invitation is answered; the row says until when."""
        return self._sign("invitation", _text(invitation.bytes))

    def read_invitation(self, token: str) -> UUID:
        """The invitation's public id. Raises LinkError, ExpiredLink."""
        lasting = timedelta(days=INVITATION_DAYS)
        return UUID(bytes=_bytes(self._read("invitation", token, lasting)))

    def form_token(self, link: str) -> str:
        """Proves that a form comes from a page of ours for this very link, not long ago."""
        return self._sign("form", _digest(link))

    def is_form_token(self, link: str, token: str) -> bool:
        try:
            return self._read("form", token, timedelta(minutes=FORM_MINUTES)) == _digest(link)
        except LinkError:
            return False

    def _sign(self, purpose: str, value: str) -> str:
        return self._signer(purpose).sign(value).decode()

    def _read(self, purpose: str, token: str, lasting: timedelta) -> str:
        age = int(lasting.total_seconds())
        try:
            return self._signer(purpose).unsign(token, max_age=age).decode()
        except SignatureExpired as error:
            raise ExpiredLink((error.payload or b"").decode()) from None
        except BadSignature:
            raise LinkError("The link is not valid.") from None

    def _signer(self, purpose: str) -> ClockSigner:
        signer = self._signers.get(purpose)
        if signer is None:
            signer = self._signers[purpose] = ClockSigner(
                self._keys,
                salt=f"copydesk.mail.{purpose}",
                key_derivation="hmac",
                digest_method=hashlib.sha256,
            )
        return signer


def seal_of(uniquifier: str) -> bytes:
    """Stands for an account's sessions: changing a password ends both these and the links."""
    return hashlib.sha256(uniquifier.encode()).digest()[:_SEAL_BYTES]


def _digest(link: str) -> str:
    return _text(hashlib.sha256(link.encode()).digest()[:_SEAL_BYTES])


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
