"""The audit log: who did what to sites, people and accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session, joinedload

from server.clock import now
from server.database import write_with_retry
from server.models import AuditEntry, Membership, Site, User

PAGE_SIZE = 50
MAX_ACTION = 40
MAX_DETAIL = 500
_ACTION = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


@dataclass(frozen=True)
class Wanted:
    """Which entries: of one account, of one action, of some days in UTC; all that are given must
    hold."""

    actor_id: int | None = None
    action: str = ""
    first: date | None = None
    last: date | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.actor_id is not None:
            yield AuditEntry.actor_id == self.actor_id
        if self.action:
            yield AuditEntry.action == self.action
        if self.first:
            yield AuditEntry.created_at >= datetime.combine(self.first, time(), UTC)
        if self.last:
            after = datetime.combine(self.last, time(), UTC) + timedelta(days=1)
            yield AuditEntry.created_at < after


def record(
    session: Session, action: str, *, actor: User | None, site: Site | None = None, detail: str = ""
) -> None:
    """Write one entry in the caller's transaction: it stands if, and only if, the act does.

    ``action``: its subject and what became of it, as ``member.invited`` or ``site.key_rotated``.
    ``actor``: None for the command line. ``site``: None for what concerns the actor's account
    alone. ``detail``: a few words, never a secret, never a reader's address. Raises ValueError for
    an action of another form.
    """
    if not _ACTION.fullmatch(action) or len(action) > MAX_ACTION:
        raise ValueError(f"no name of an action: {action!r}")
    session.add(
        AuditEntry(
            action=action,
            actor_id=actor.id if actor else None,
            site_id=site.id if site else None,
            detail=detail[:MAX_DETAIL],
        )
    )
    session.flush()


def entries_of(
    session: Session, site: Site, wanted: Wanted, *, before: int | None = None
) -> tuple[Sequence[AuditEntry], int | None]:
    """What was done on a site, and what its members did with their own accounts, newest first;
    and, where there is more, the ``before`` of the next page."""
    members = select(Membership.user_id).where(Membership.site_id == site.id)
    query = (
        select(AuditEntry)
        .where(
            or_(
                AuditEntry.site_id == site.id,
                # Not what they did with another site, of which only the name is left.
                AuditEntry.site_id.is_(None)
                & AuditEntry.actor_id.in_(members)
                & AuditEntry.action.startswith("account."),
            )
        )
        .options(joinedload(AuditEntry.actor))
        .order_by(AuditEntry.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    for condition in wanted.conditions():
        query = query.where(condition)
    if before is not None:
        # A number from an address can be beyond any that a database takes.
        query = query.where(AuditEntry.id < max(0, min(before, 2**31 - 1)))
    found = session.scalars(query).all()
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None


def forget_old(days: int) -> int:
    """Delete entries that are older; how many."""

    def work(session: Session) -> int:
        old = delete(AuditEntry).where(AuditEntry.created_at < now() - timedelta(days=days))
        return len(session.execute(old.returning(AuditEntry.id)).all())

    return write_with_retry(work)
