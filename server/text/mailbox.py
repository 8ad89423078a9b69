"""E-mail addresses: one that somebody typed in, and those in what people write."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254
# What joins the words of an address. RFC 5322 (3.2.3) allows more before the @, which people use
# as signs between words: "mail=ann@example.org".
_JOINING = ".+'&~%-"


class InvalidAddress(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """A text that is no e-mail address; the message says why."""


def checked_address(text: str, *, trial: bool = False) -> str:
    """An e-mail address in its normal form (RFC 5321, 6531). No network is asked. ``trial``: also
    one that ends in ``.test``, at which a server can be tried.

    Raises InvalidAddress.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=trial)
    except EmailNotValidError as error:
        raise InvalidAddress(str(error)) from None
    if len(found.normalized) > MAX_LENGTH:
        raise InvalidAddress(f"It is longer than {MAX_LENGTH} characters.")
    return found.normalized


def without_addresses(text: str) -> str:
    """The text with a sign in place of each address in it, however that is written."""
    return re.sub(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+", "…", text)


def names_address(text: str, address: str) -> bool:
    """Whether a text has this address as a whole, in whatever case: "ann@x.org" is named by
    "<Ann@x.org>." and not by "joann@x.org" or "ann@x.org.au"."""
    wanted = address.casefold()
    # The signs of this address, should it be an unusual one.
    signs = re.escape(_JOINING + address.rpartition("@")[0])
    found = re.findall(rf"[\w{signs}]+@[\w.-]+", text.casefold())
    return any(wanted in (each, each.strip(_JOINING + "_")) for each in found)
