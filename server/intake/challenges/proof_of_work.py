"""Proof of work: find a number whose hash begins with enough zero bits (after Hashcash).

The question is signed, so that nothing is kept of it here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from itsdangerous import BadData, URLSafeTimedSerializer

from server.signing import ClockSigner

# 2 ** 16 hashes on average: a moment for one report, hours for a hundred thousand.
BITS = 16
# A page may sleep while its reader is away; what is too old is asked again.
SECONDS = 600
MAX_DIGITS = 15
SEED_LENGTH = 32


class ProofOfWork:
    """SHA-256 of ``seed.number`` must begin with ``bits`` zero bits; ``seed``: the first 32
    hexadecimal digits of the token's SHA-256, so that each attempt is one block of the hash."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        # Its signer takes the last key for signing, and all for verifying.
        self._serializer = URLSafeTimedSerializer(
            list(reversed(secret_keys)), salt="copydesk.challenge.pow", signer=ClockSigner
        )

    def ask(self, subject: str) -> Mapping[str, str | int]:
        token = str(self._serializer.dumps([subject, BITS]))
        return {"kind": "pow", "token": token, "seed": _seed(token), "bits": BITS}

    def accepts(self, subject: str, token: str, solution: str) -> bool:
        try:
            asked_for, bits = self._serializer.loads(token, max_age=SECONDS)
        except (BadData, ValueError, TypeError):
            return False
        if asked_for != subject or not solution.isascii() or not solution.isdecimal():
            return False
        if len(solution) > MAX_DIGITS:
            return False
        digest = hashlib.sha256(f"{_seed(token)}.{solution}".encode()).digest()
        return int.from_bytes(digest) >> (256 - int(bits)) == 0


def _seed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:SEED_LENGTH]
