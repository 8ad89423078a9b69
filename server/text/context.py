"""More of a page's text around a sentence, where its quote holds more."""

from __future__ import annotations


def around(prefix: str, before: str, after: str, suffix: str) -> tuple[str, str]:
    """What stands in front of a sentence and behind it, of which ``before`` and ``after`` are the
    parts around the selection, and ``prefix`` and ``suffix`` the text around the selection."""
    leading = prefix.removesuffix(before) if prefix.endswith(before) else ""
    trailing = suffix.removeprefix(after) if suffix.startswith(after) else ""
    return leading, trailing
