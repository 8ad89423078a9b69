"""The editors' queue: named queries, each within the sites of one account."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from server.models import Event, Membership, Report, Site, User

VIEWS = ("open", "fixed", "rejected", "spam", "all")
PAGE_SIZE = 50
ACTING_ROLES = ("owner", "editor")


@dataclass(frozen=True)
class Cursor:
    """Where the next page of the queue begins: after this moment and id (keyset paging)."""

    moment: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """The cursor of an address; None for what is none."""
        moment, _, number = text.rpartition("_")
        try:
            cursor = cls(datetime.fromisoformat(moment), int(number))
        except ValueError:
            return None
        return cursor if cursor.moment.tzinfo and 0 <= cursor.id < 2**63 else None


def sites_of(session: Session, user: User) -> Sequence[Site]:
    """The sites an account belongs to, by name."""
    return session.scalars(
        select(Site).join(Membership).where(Membership.user_id == user.id).order_by(Site.name)
    ).all()


def may_act(session: Session, user: User, site_id: int) -> bool:
    """Whether an account may change reports of a site; a viewer may only look."""
    role = session.scalar(
        select(Membership.role).where(Membership.user_id == user.id, Membership.site_id == site_id)
    )
    return role in ACTING_ROLES


def _visible_to(user: User) -> Select[Report]:
    return (
        select(Report)
        .join(Membership, Membership.site_id == Report.site_id)
        .where(Membership.user_id == user.id)
    )


def reports_in_view(
    session: Session,
    user: User,
    view: str = "open",
    *,
    site: Site | None = None,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> tuple[Sequence[Report], Cursor | None]:
    """One page of a view, newest first, and the cursor of the next page if there is one."""
    query = _visible_to(user).options(joinedload(Report.page), joinedload(Report.site))
    if view != "all":
        query = query.where(Report.status == view)
    if site:
        query = query.where(Report.site_id == site.id)
    if after:
        query = query.where(
            tuple_(Report.last_submitted_at, Report.id) < tuple_(after.moment, after.id)
        )
    query = query.order_by(Report.last_submitted_at.desc(), Report.id.desc()).limit(limit + 1)
    found = session.scalars(query).all()
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], Cursor(last.last_submitted_at, last.id)


def counts_by_status(session: Session, user: User, site: Site | None = None) -> dict[str, int]:
    """How many reports each view holds."""
    query = (
        select(Report.status, func.count())
        .join(Membership, Membership.site_id == Report.site_id)
        .where(Membership.user_id == user.id)
        .group_by(Report.status)
    )
    if site:
        query = query.where(Report.site_id == site.id)
    counts = {row[0]: row[1] for row in session.execute(query)}
    return {**counts, "all": sum(counts.values())}


def report_of(session: Session, user: User, public_id: uuid.UUID) -> Report | None:
    """A report with its history; None where the account does not belong to its site."""
    return session.scalar(
        _visible_to(user)
        .where(Report.public_id == public_id)
        .options(
            joinedload(Report.page),
            joinedload(Report.site),
            selectinload(Report.submissions),
            selectinload(Report.events).joinedload(Event.actor),
        )
    )


def neighbours_of(
    session: Session, user: User, report: Report
) -> tuple[Report | None, Report | None]:
    """The open reports just newer and just older than this one."""
    key = tuple_(Report.last_submitted_at, Report.id)
    here = tuple_(report.last_submitted_at, report.id)
    query = _visible_to(user).where(Report.status == "open")
    newer = session.scalar(
        query.where(key > here).order_by(Report.last_submitted_at, Report.id).limit(1)
    )
    older = session.scalar(
        query.where(key < here).order_by(Report.last_submitted_at.desc(), Report.id.desc()).limit(1)
    )
    return newer, older
