"""What a challenge must be able to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class Challenge(Protocol):
    """Something that costs a program more than it costs a reader.

    ``subject`` names the one submission that it is asked for: a solution of another's is none, and
    a submission that was stored is not stored again, so that each solution serves once.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None: ...

    def ask(self, subject: str) -> Mapping[str, str | int]:
        """What the widget needs in order to solve it; ``kind`` names the widget's file, ``token``
        comes back with the solution."""
        ...

    def accepts(self, subject: str, token: str, solution: str) -> bool:
        """Whether this solves what was asked for the subject, and not too long ago."""
        ...
