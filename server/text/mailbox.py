"""E-mail addresses in what people write."""

from __future__ import annotations

import re

# What joins the words of an address. RFC 5322 (3.2.3) allows more before the @, which people use
# as signs between words: "mail=ann@example.org".
_JOINING = ".+'&~%-"


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
