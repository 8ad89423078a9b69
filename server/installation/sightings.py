"""Where a site's tag was last seen at work.

What is known of it is a moment and the origin of a page, and it is written down seldom: an owner
asks whether the tag is there, and nobody needs to know how often, where exactly, or for whom.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from server.clock import now
from server.database import write_with_retry
from server.extensions import db
from server.models import Report, Sighting, Site
from server.models.report import STATUSES
from server.text.address import AddressError, origin_allowed, origin_of

log = logging.getLogger(__name__)

# A process notes the same no oftener, and neither do all processes together.
INTERVAL = timedelta(minutes=5)
LONGEST_ORIGIN = 300


@dataclass(frozen=True)
class Seen:
    """One sighting: of which key, from which kind of page."""

    site_id: int
    key: str
    kind: str
    origin: str
    at: datetime


class Sightings:
    """Notes sightings from a thread of its own: nobody who asks for a tag waits for a database."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._noted: dict[tuple[str, str], datetime] = {}
        self._waiting: list[Seen] = []
        self._thread: threading.Thread | None = None

    def note(self, site_id: int, key: str, origins: Collection[str], page: str | None) -> None:
        """A tag with ``key`` was used on a page of this address or origin, of which ``origins``
        are the site's own. Neither waits nor fails."""
        origin, moment = _origin(page), now()
        kind = _kind(origin, origins)
        with self._lock:
            last = self._noted.get((key, kind))
            if last is not None and moment - last < INTERVAL:
                return
            self._noted[key, kind] = moment
            self._waiting.append(Seen(site_id, key, kind, origin, moment))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sightings", daemon=True)
                self._thread.start()

    def settle(self) -> None:
        """Wait until what was noted is written."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                seen = self._waiting.pop(0)
            try:
                with self._app.app_context():
                    write(seen)
            except Exception as error:
                log.warning("a sighting was not written: %s", type(error).__name__)


def write(seen: Seen) -> None:
    """Write a sighting down, unless a process did so within :data:`INTERVAL`."""
    row = (
        Sighting.site_id == seen.site_id,
        Sighting.key == seen.key,
        Sighting.kind == seen.kind,
    )
    last = db.session.scalar(select(Sighting.seen_at).where(*row))
    if last is not None and seen.at - last < INTERVAL:
        return

    def work(session: Session) -> None:
        changed = session.execute(
            update(Sighting)
            .where(*row)
            .values(origin=seen.origin, seen_at=seen.at)
            .returning(Sighting.id)
            .execution_options(synchronize_session=False)
        ).all()
        # A site may have been erased meanwhile.
        if not changed and session.get(Site, seen.site_id) is not None:
            session.add(
                Sighting(
                    site_id=seen.site_id,
                    key=seen.key,
                    kind=seen.kind,
                    origin=seen.origin,
                    seen_at=seen.at,
                )
            )

    write_with_retry(work)


def sightings_of(session: Session, site: Site) -> Sequence[Sighting]:
    """Those of all the site's keys, the latest first."""
    return session.scalars(
        select(Sighting).where(Sighting.site_id == site.id).order_by(Sighting.seen_at.desc())
    ).all()


def last_report_at(session: Session, site: Site) -> datetime | None:
    """When a reader last reported something; None before the first time."""
    found = [
        # One step in the queue's index for each.
        session.scalar(
            select(func.max(Report.last_submitted_at)).where(
                Report.site_id == site.id, Report.status == status
            )
        )
        for status in STATUSES
    ]
    return max(filter(None, found), default=None)


def _origin(page: str | None) -> str:
    """The origin of a page's address; empty where it has none, or one that nobody reads."""
    try:
        origin = origin_of(page or "")
    except AddressError:
        return ""
    return origin if len(origin) <= LONGEST_ORIGIN else ""


def _kind(origin: str, origins: Collection[str]) -> str:
    if not origin:
        return "unnamed"
    return "allowed" if origin_allowed(origin, origins) else "foreign"
