"""What a password must be: long, and not what is tried first. No network is asked."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_security.password_util import PasswordUtil
from flask_security.utils import hash_password

from server.language import gettext

MIN_LENGTH = 10
# Longer ones would only keep argon2 busy.
MAX_LENGTH = 200
# zxcvbn's score is 0 to 4; 3 is "safely unguessable" for who has no copy of the database, and what
# argon2 keeps slow for who has one. It knows the lists of passwords that leaked most.
MIN_SCORE = 3
# Its time grows faster than the password.
MEASURED_LENGTH = 72


class WeakPassword(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """A password that will not do; the message says why."""


def check_password(password: str, address: str) -> None:
    """Raises WeakPassword for one that is too short or too long, is made of the account's
    address, or is easily guessed."""
    if len(password) < MIN_LENGTH:
        raise WeakPassword(gettext("It must have at least %(count)s characters.", count=MIN_LENGTH))
    if len(password) > MAX_LENGTH:
        raise WeakPassword(gettext("It must have at most %(count)s characters.", count=MAX_LENGTH))
    name = address.partition("@")[0].casefold()
    if password.casefold() in (address.casefold(), name * (len(password) // max(len(name), 1))):
        raise WeakPassword(gettext("It must not be the e-mail address."))
    if _is_guessable(password, address):
        raise WeakPassword(
            gettext(
                "It is too easy to guess. Several words that do not belong together are better."
            )
        )


def _is_guessable(password: str, address: str) -> bool:
    # Its lists take a moment to load, and only who chooses a password needs them.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    known = [address, *re.split(r"[@.+_-]", address), "copydesk"]
    found: dict[str, Any] = zxcvbn(password[:MEASURED_LENGTH], user_inputs=known)
    return int(found["score"]) < MIN_SCORE


def hashed(password: str, address: str) -> str:
    """What is stored of a password; takes long on purpose, so do it outside of a transaction that
    writes. Raises WeakPassword."""
    normalised = PasswordRules.normalise(password)
    check_password(normalised, address)
    return str(hash_password(normalised))


class PasswordRules(PasswordUtil):
    """The same rules for Flask-Security's own forms."""

    @staticmethod
    def normalise(password: str) -> str:
        """The same letters, however a keyboard composes them."""
        return unicodedata.normalize("NFKD", password)

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        """Flask-Security's form: what is wrong, or None, and the normalised password."""
        normalised = self.normalize(password)
        try:
            check_password(normalised, kwargs["user"].email)
        except WeakPassword as error:
            return [str(error)], normalised
        return None, normalised
