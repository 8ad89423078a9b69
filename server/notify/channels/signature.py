"""Signatures of webhooks, by Standard Webhooks 1.0.0 (symmetric, ``v1``)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
# The specification: 24 to 64 bytes.
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,<base64>`` over ``id.timestamp.body``. ``timestamp``: of the attempt, in seconds. Raises
    ValueError for a secret that is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("the secret is not whsec_ and base64") from None
    signed = b"%s.%d.%s" % (message_id.encode("ascii"), timestamp, body)
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers(
    signing_secrets: Iterable[str], message_id: str, moment: datetime, body: bytes
) -> dict[str, str]:
    """The three headers of one attempt. Several secrets while one replaces the other: a receiver
    accepts what one of the signatures proves."""
    timestamp = int(moment.timestamp())
    signatures = (sign(secret, message_id, timestamp, body) for secret in signing_secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
