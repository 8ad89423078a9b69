"""Telling readers of one day apart without knowing who they are."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server.clock import now
from server.database import write_with_retry
from server.extensions import db
from server.models import ReaderKey, Submission

HASH_LENGTH = 16


class DailyKeys:
    """The key of the present day (UTC), kept by each process and shared through the database."""

    def __init__(self) -> None:
        self._known: tuple[date, bytes] | None = None

    def reader_hash(self, site_id: int, network: str) -> bytes:
        """16 bytes that are the same for one network on one site on one day, and mean nothing
        without the day's key. ``network``: see :class:`server.network.Sender`. The site by its
        id: its key may be renewed in the midst of a day."""
        sender = f"{site_id}\n{network}".encode()
        return hashlib.blake2b(sender, key=self._today(), digest_size=HASH_LENGTH).digest()

    def _today(self) -> bytes:
        day = now().date()
        if self._known and self._known[0] == day:
            return self._known[1]
        key = db.session.scalar(select(ReaderKey.key).where(ReaderKey.day == day))
        if key is None:
            key = write_with_retry(lambda session: _begin_day(session, day))
        self._known = (day, key)
        return key


def _begin_day(session: Session, day: date) -> bytes:
    """The day's key, made by whoever is first; those of former days go."""
    forget_former_days(session, day)
    stored = session.get(ReaderKey, day)
    if stored is None:
        stored = ReaderKey(day=day, key=secrets.token_bytes(32))
        session.add(stored)
        session.flush()
    return stored.key


def forget_former_days(session: Session, day: date) -> int:
    """Delete the keys of the days before ``day``; how many there were."""
    gone = session.execute(delete(ReaderKey).where(ReaderKey.day < day).returning(ReaderKey.day))
    return len(gone.all())


def independent_readers(session: Session, report_id: int) -> int:
    """How many different networks reported a place, each counted once a day. Submissions without
    a hash, from before there were hashes, count as one each."""
    hashes, without = session.execute(
        select(
            func.count(Submission.reader_hash.distinct()),
            func.count() - func.count(Submission.reader_hash),
        ).where(Submission.report_id == report_id, Submission.spam.is_(False))
    ).one()
    return int(hashes + without)
