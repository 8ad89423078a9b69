"""Readers' texts inside of ours: no line of theirs may pass for one of ours."""

from __future__ import annotations

import textwrap

WRAP = 74


def one_line(text: str, longest: int) -> str:
    """Line breaks would let a reader's text pass for ours, as would its length."""
    return shortened(" ".join(text.split()), longest)


def shortened(text: str, longest: int) -> str:
    """The beginning of a text that is longer, with a sign that there is more."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def quoted(text: str) -> str:
    """A reader's text behind ``> ``, so that it cannot pass for ours. Words stay whole: where a
    script has no spaces, a mail program knows better than we where a line may end."""
    lines = text.splitlines() or [""]
    return "\n".join(f"> {part}" for line in lines for part in (_wrapped(line) or [""]))


def wrapped(text: str) -> str:
    """A sentence of ours in lines that every mail program shows whole; addresses stay whole."""
    return "\n".join(_wrapped(text))


def _wrapped(line: str) -> list[str]:
    # Two spaces in a row may be the very mistake: white space stays as it is.
    return textwrap.wrap(
        line,
        WRAP,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        expand_tabs=False,
    )
