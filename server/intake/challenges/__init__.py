"""Challenges: what a site may ask of a sender before it takes a report.

Off by default. A challenge is one module here with a class that fulfils :class:`Challenge`, named
in ``CHALLENGES``, and one file ``widget/src/challenge/<name>.ts`` that solves it in the reader's
browser (see docs/abuse.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from server.intake.challenges.challenge import Challenge
from server.intake.challenges.proof_of_work import ProofOfWork

CHALLENGES: dict[str, type[Challenge]] = {"pow": ProofOfWork}


def challenge_named(name: str, secret_keys: Sequence[str]) -> Challenge:
    """The challenge of a name in ``CHALLENGES``; ``secret_keys``: the present one first, then
    older ones that still verify."""
    return CHALLENGES[name](secret_keys)


__all__ = ["CHALLENGES", "Challenge", "challenge_named"]
