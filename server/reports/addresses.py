"""Which readers' addresses may be written to. What is kept of an address is a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import ReaderAddress

HASH_BYTES = 16
# Whoever leaves somebody else's address again and again gets one message through, not many.
PAUSE = timedelta(days=1)


class AddressHashes:
    """``keys``: the server's secrets, the present one first. What was hashed with an older one is
    found for as long as that one is named."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [hmac.digest(key.encode(), b"copydesk.readers", "sha256") for key in keys]

    def of(self, address: str) -> bytes:
        return self.all_of(address)[0]

    def all_of(self, address: str) -> list[bytes]:
        """The hashes that an address may be known by."""
        # Mail servers that tell upper from lower case are not found in the wild.
        text = address.strip().lower().encode()
        return [hmac.new(key, text, hashlib.sha256).digest()[:HASH_BYTES] for key in self._keys]


def wants_no_mail(session: Session, hashes: Sequence[bytes]) -> bool:
    """Whether an address's reader asked never to be written to."""
    return (
        session.scalar(
            select(ReaderAddress.address_hash).where(
                ReaderAddress.address_hash.in_(hashes), ReaderAddress.refused_at.is_not(None)
            )
        )
        is not None
    )


def thanked_lately(session: Session, hashes: Sequence[bytes]) -> bool:
    """Whether an address was written to within PAUSE."""
    return (
        session.scalar(
            select(ReaderAddress.address_hash).where(
                ReaderAddress.address_hash.in_(hashes), ReaderAddress.thanked_at > now() - PAUSE
            )
        )
        is not None
    )


def hold(session: Session, address_hash: bytes) -> ReaderAddress:
    """What is known of an address, held until the transaction ends: nobody else decides about it
    meanwhile. Two that learn of it at the same moment: IntegrityError, try again."""
    known = session.get(ReaderAddress, address_hash, with_for_update=True, populate_existing=True)
    if known is None:
        known = ReaderAddress(address_hash=address_hash)
        session.add(known)
        session.flush()
    return known


def refuse(session: Session, address_hash: bytes) -> None:
    """Never write to an address again."""
    known = hold(session, address_hash)
    known.refused_at = known.refused_at or now()


def forget_thanked(session: Session) -> None:
    """Drop what protects nobody any more."""
    past = ReaderAddress.thanked_at <= now() - PAUSE
    session.execute(delete(ReaderAddress).where(past, ReaderAddress.refused_at.is_(None)))
    session.execute(update(ReaderAddress).where(past).values(thanked_at=None))
