"""The second factor at log-in: codes of an authenticator, and recovery codes.

Flask-Security carries both; here are the keys that encrypt them, and the rule that no code is good
twice.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Any

from flask_security.core import UserMixin
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.totp import Totp
from flask_security.webauthn_util import WebauthnUtil
from passlib.totp import TOTP, AppWallet, TotpMatch
from sqlalchemy import select

from server.audit import record
from server.extensions import db
from server.language import gettext
from server.models import User

MAX_PASSKEY_NAME = 64
# Unicode's categories of what can be seen in one line.
_IN_NAMES = ("L", "M", "N", "P", "S", "Zs")


class SingleUseTotp(Totp):
    """Time-based codes (RFC 6238), each good once (its section 5.2).

    ``secrets``: keys by their names, the present one first; a secret that was stored under an older
    one is still read.
    """

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        present = next(iter(secrets))
        self._totp = TOTP.using(issuer=issuer, wallet=AppWallet(secrets, default_tag=present))

    def get_last_counter(self, user: UserMixin) -> int | None:
        """The last time step whose code was taken. Whoever sends a code at the same moment waits
        until we are done with ours."""
        assert isinstance(user, User)
        asked = select(User.tf_last_counter).where(User.id == user.id)
        return db.session.scalar(asked.with_for_update())

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the code that was just taken, together with what it was good for."""
        assert isinstance(user, User)
        user.tf_last_counter = tmatch.counter


class NotedRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes, each good once, also where it is sent twice at the same moment. That they
    were made or used stands in the audit log, in the same transaction."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """New codes in place of the former ones."""
        assert isinstance(user, User)
        codes: list[str] = super().create_recovery_codes(user)
        record(db.session(), "account.recovery_codes_made", actor=user)
        return codes

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Whether it is one of those that are left."""
        db.session.refresh(user, ["mf_recovery_codes"], with_for_update=True)
        return bool(super().check_recovery_code(user, code))

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """It logs in, and is good no more."""
        assert isinstance(user, User)
        record(db.session(), "account.recovery_code_used", actor=user)
        return bool(super().delete_recovery_code(user, code))


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


class AnyPasskey(WebauthnUtil):
    """Passkeys of this device, too: by itself Flask-Security asks for one that can be carried
    around, and then no browser offers its own fingerprint or face."""

    def authenticator_selection(self, user: Any, usage: str) -> Any:
        criteria = super().authenticator_selection(user, usage)
        criteria.authenticator_attachment = None
        return criteria

    def name_svn(self, value: str) -> tuple[str | None, str | None]:
        """What is wrong with a name, or the name as it is kept. Of any script, where Flask-Security
        refuses marks, and with them what it has itself taken apart: "й" became two."""
        name = unicodedata.normalize("NFKD", value.strip())
        if len(name) > MAX_PASSKEY_NAME:
            words = gettext("must have at most %(most)s characters.", most=MAX_PASSKEY_NAME)
        elif not all(unicodedata.category(each).startswith(_IN_NAMES) for each in name):
            words = gettext("please use letters, digits, spaces and punctuation alone.")
        else:
            return None, name
        label = gettext("Name of this passkey")
        return f"{label}: {words}", None
