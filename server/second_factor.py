"""The second factor at log-in: codes of an authenticator, and recovery codes.

Flask-Security carries both; here are the keys that encrypt them, and the rule that no code is good
twice.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from flask_security.core import UserMixin
from flask_security.totp import Totp
from passlib.totp import TOTP, AppWallet, TotpMatch

from server.extensions import db
from server.models import User


class SingleUseTotp(Totp):
    """Time-based codes (RFC 6238), each good once (its section 5.2).

    ``secrets``: keys by their names, the present one first; a secret that was stored under an older
    one is still read.
    """

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        present = next(iter(secrets))
        self._totp = TOTP.using(issuer=issuer, wallet=AppWallet(secrets, default_tag=present))

    def get_last_counter(self, user: UserMixin) -> int | None:
        """The last time step whose code was taken."""
        assert isinstance(user, User)
        return user.tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the code that was just taken. At once: a log-in writes nothing else, so nothing
        else would commit it."""
        assert isinstance(user, User)
        user.tf_last_counter = tmatch.counter
        db.session.commit()


def totp_keys(secret_keys: Sequence[str]) -> dict[str, str]:
    """Keys that encrypt authenticators' secrets, by a name made from each key itself: it stays the
    same when a newer key comes before it."""
    derived = (_derived("authenticator", secret) for secret in secret_keys)
    return {"k" + hashlib.sha256(key).hexdigest()[:12]: key.hex() for key in derived}


def recovery_keys(secret_keys: Sequence[str]) -> list[bytes]:
    """Keys that encrypt recovery codes (Fernet), the present one first."""
    return [base64.urlsafe_b64encode(_derived("recovery", secret)) for secret in secret_keys]


def _derived(purpose: str, secret: str) -> bytes:
    return hashlib.blake2b(
        purpose.encode(), key=hashlib.sha512(secret.encode()).digest(), digest_size=32
    ).digest()
