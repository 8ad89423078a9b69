"""Bad input of owners and operators."""

from __future__ import annotations


class InvalidInput(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """Something that cannot be added or set; the message begins with the field's name."""
