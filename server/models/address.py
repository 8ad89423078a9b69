"""What is remembered of readers' addresses: hashes, for as long as they protect their readers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base


class ReaderAddress(Base):
    """An address that was written to, or must never be again, as a keyed hash: the address itself
    is nowhere. ``thanked_at``: the last time, forgotten after a day. ``refused_at``: its reader
    wants no mail; kept."""

    __tablename__ = "reader_address"

    address_hash: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    thanked_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
