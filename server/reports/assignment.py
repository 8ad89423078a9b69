"""Who has taken a report in hand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Event, Membership, Report, User
from server.reports import change
from server.reports.change import IllegalChange
from server.reports.membership import ACTING_ROLES
from server.reports.page_locks import lock_pages_of


def who_can_take(session: Session, site_id: int) -> Sequence[User]:
    """The accounts to which a site's reports can be assigned: those that may act, by address."""
    return session.scalars(
        select(User)
        .join(Membership)
        .where(
            Membership.site_id == site_id,
            Membership.role.in_(ACTING_ROLES),
            User.active.is_(True),
        )
        .order_by(User.email)
    ).all()


def assign(
    session: Session,
    report: Report,
    assignee: User | None,
    *,
    version: int,
    actor: User | None,
    source: str,
) -> Event:
    """Give a report to somebody who may act on its site, or with None to nobody.

    ``version`` is the one the actor saw. Raises StaleReport, and IllegalChange where the report
    is theirs already or they may not act.
    """
    change.require_version(session, report, version)
    assignee_id = assignee.id if assignee else None
    if report.assignee_id == assignee_id:
        holder = assignee.email if assignee else "nobody"
        raise IllegalChange(f"the report is assigned to {holder} already")
    if assignee and assignee not in who_can_take(session, report.site_id):
        raise IllegalChange(f"{assignee.email} may not act on reports of this site")
    return change.make(
        session,
        report,
        "assigned" if assignee else "unassigned",
        {"assignee_id": assignee_id},
        version=version,
        actor=actor,
        source=source,
        assignee_id=assignee_id,
    )


def release(
    session: Session,
    user_id: int,
    site_id: int | None = None,
    *,
    actor: User | None,
    source: str,
) -> int:
    """Take back from an account what is assigned to it, on a site or on all: it does not work on
    them any more. How many reports that were."""
    theirs = Report.assignee_id == user_id
    if site_id is not None:
        theirs &= Report.site_id == site_id
    lock_pages_of(session, session.scalars(select(Report.id).where(theirs)).all())
    released = session.scalars(
        update(Report)
        .where(theirs)
        .values(assignee_id=None, version=Report.version + 1)
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.expire_all()
    if released:
        event = {
            "kind": "unassigned",
            "source": source,
            "actor_id": actor.id if actor else None,
            "created_at": now(),
        }
        session.execute(insert(Event), [{"report_id": each, **event} for each in released])
    return len(released)
