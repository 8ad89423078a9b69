"""What a site owner can set for the widget, by the names of docs/widget.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from server.installation.page import is_selector
from server.language import gettext
from server.text.language_tag import is_language_tag

MOST_CHARACTERS = 1000
# Where an owner says nothing.
USUAL_MAX = 300
# The longest value: every page view carries it.
LONGEST = 200
# A name, a hexadecimal number, or a function of CSS Color 4.
_COLOUR = re.compile(
    r"[a-z]{3,30}|#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z-]{3,12}\([0-9a-z%., /+-]{1,80}\)",
    re.IGNORECASE,
)


class InvalidOption(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """An option that there is not, or a value that it cannot have; the message names it."""


def _text(value: str) -> str:
    if len(value) > LONGEST or not value.isprintable():
        raise ValueError(gettext("must have at most %(most)s printable characters.", most=LONGEST))
    return value


def _one_of(*allowed: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError(gettext("must be one of %(known)s.", known=", ".join(allowed)))
        return value

    return check


def _switch(value: str) -> bool:
    return _one_of("on", "off")(value) == "on"


def _length(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= MOST_CHARACTERS:
        words = gettext(
            "must be a number from %(least)s to %(most)s.", least=1, most=MOST_CHARACTERS
        )
        raise ValueError(words)
    return int(value)


def _language(value: str) -> str:
    if not is_language_tag(value):
        raise ValueError(gettext("must be a language tag such as de or pt-BR."))
    return value


def _selector(value: str) -> str:
    if not is_selector(_text(value)):
        raise ValueError(gettext("must be a CSS selector such as main or .article, .comments."))
    return value


def _colour(value: str) -> str:
    if not _COLOUR.fullmatch(value):
        raise ValueError(gettext("must be a CSS colour such as #1a5fb4 or teal."))
    return value


OPTIONS: dict[str, Callable[[str], str | int | bool]] = {
    "lang": _language,
    "mode": _one_of("full", "confirm", "send"),
    "article": _selector,
    "exclude": _selector,
    "min": _length,
    "max": _length,
    "accent": _colour,
    "button": _one_of("bottom-right", "bottom-left", "top-right", "top-left", "off"),
    "touch": _switch,
    "askEmail": _switch,
    "hint": _text,
    "hintIcon": _text,
    "hintImage": _text,
    "author": _text,
    "section": _text,
}


def changed(settings: dict[str, Any], pairs: Iterable[str]) -> dict[str, Any]:
    """``settings`` with each ``option=value``; an empty value takes the option away.

    Raises InvalidOption.
    """
    result = dict(settings)
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or name not in OPTIONS:
            known = ", ".join(OPTIONS)
            raise InvalidOption(f"{name}: write option=value, with one of the options {known}.")
        result.pop(name, None)
        if value:
            try:
                result[name] = OPTIONS[name](value)
            except ValueError as error:
                raise InvalidOption(f"{name}: {error}") from None
    if result.get("min", 1) > result.get("max", USUAL_MAX):
        longest = result.get("max", USUAL_MAX)
        words = gettext("must not be more than the longest, which is %(most)s.", most=longest)
        raise InvalidOption(f"min: {words}")
    return result
