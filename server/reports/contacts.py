"""Addresses that readers left to be thanked."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


class InvalidAddress(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """A text that is no e-mail address; the message says why."""


def checked_address(text: str) -> str:
    """An e-mail address in its normal form (RFC 5321, 6531); empty for none. No network is asked.

    Raises InvalidAddress.
    """
    if not text.strip():
        return ""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidAddress(str(error)) from None
