"""The queue by mail: what a digest holds, and that it comes exactly once in its period.

What a digest says is read first, without a lock. Then one transaction moves the subscription on,
where it still stands as it was read, and owes the mail: of several workers one wins, and one that
is killed on the way has done nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, joinedload

from server.clock import now
from server.database import write_transaction
from server.extensions import db, settings_of
from server.models import Event, Membership, Report, Subscription, User
from server.models.subscription import DIGEST_MODES
from server.notify.audience import Subscriber
from server.notify.mutes import muted_pages
from server.notify.outbox import owe
from server.notify.routing import facts_of
from server.notify.rules import audience_of
from server.notify.subscriptions import subscriber_of
from server.reports.page_locks import lock_pages_of

log = logging.getLogger(__name__)

BATCH = 50
# When one whose digest could not be made is looked at again.
RETRY = timedelta(hours=1)
# How many reports one digest shows; the rest is a number and a link.
SHOWN = 20
SHOWN_FIXED = 10
# How many open reports are looked through; beyond, a digest says "more than".
LOOKED_THROUGH = 2_000
# A submission in a transaction that is not yet over is left to the next digest.
SETTLED = timedelta(seconds=10)


@dataclass(frozen=True)
class Due:
    """A digest that is to be made: of whom, due when, covering ``since`` to before ``until``."""

    subscription_id: int
    site_id: int
    due_at: datetime
    since: datetime
    until: datetime
    next_at: datetime | None
    subscriber: Subscriber | None


@dataclass(frozen=True)
class Contents:
    """``about``: the reports to show, each with its latest opening. ``details``: the numbers."""

    about: list[tuple[int, int]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Nothing was reported since the last one."""
        return not self.details.get("fresh")


def digest_due(limit: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
    """Owe up to ``limit`` digests that are due; how many subscriptions were handled."""
    handled = 0
    while handled < limit and not stopping():
        subscription = _next_subscription(db.session())
        if subscription is None:
            break
        subscription_id, due_at = subscription.id, subscription.next_digest_at
        try:
            due = _due(db.session(), subscription)
            take(due, contents_of(db.session(), due))
        except SQLAlchemyError:
            # The database's trouble, not the subscription's: it stays due.
            raise
        except Exception:
            # One whose digest cannot be made must not keep its neighbours waiting.
            log.exception("the digest of subscription %s cannot be made", subscription_id)
            _postpone(subscription_id, due_at)
        handled += 1
    return handled


def take(due: Due, contents: Contents) -> bool:
    """Move the subscription on and owe the digest, if there is something to say. False where
    another worker was faster, or the recipient has chosen anew."""
    settings = settings_of()
    with write_transaction() as session:
        won = session.execute(
            update(Subscription)
            .where(
                Subscription.id == due.subscription_id, Subscription.next_digest_at == due.due_at
            )
            .values(next_digest_at=due.next_at, digest_until=due.until)
            .returning(Subscription.id)
        ).all()
        if won and due.subscriber and not contents.empty:
            lock_pages_of(session, [report_id for report_id, _ in contents.about])
            owe(
                session,
                due.site_id,
                due.subscriber.address,
                settings.mail_from,
                kind="digest",
                cause=f"digest:{due.subscription_id}:{due.due_at.isoformat()}",
                about=contents.about,
                details=contents.details,
            )
        return bool(won)


def contents_of(session: Session, due: Due) -> Contents:
    """What a digest holds: the open reports that are for its recipient, those first that came
    since the last one, the most certain first of each."""
    if due.subscriber is None:
        return Contents()
    mine = _filter(session, due)
    open_reports = session.scalars(
        select(Report)
        .where(Report.site_id == due.site_id, Report.status == "open")
        .options(joinedload(Report.page))
        .order_by(Report.last_submitted_at.desc(), Report.id.desc())
        .limit(LOOKED_THROUGH)
    ).all()
    found = [report for report in open_reports if mine(report)]
    fresh = {each.id for each in found if due.since <= each.last_submitted_at < due.until}
    found.sort(key=lambda each: (each.id in fresh, each.score, each.readers, each.id), reverse=True)
    fixed = [report for report in _fixed(session, due) if mine(report, closed=True)]
    shown = [report.id for report in found[:SHOWN]]
    events = _openings(session, shown)
    contents = Contents(
        about=[(report_id, events[report_id]) for report_id in shown if report_id in events],
        details={
            "since": due.since.isoformat(),
            "until": due.until.isoformat(),
            "open": len(found),
            "more_than": len(open_reports) == LOOKED_THROUGH,
            "fresh": len(fresh),
            "fresh_ids": [report_id for report_id in shown if report_id in fresh],
            "pages": len({report.page_id for report in found}),
            "fixed": len(fixed),
            "fixed_ids": [report.id for report in fixed[:SHOWN_FIXED]],
        },
    )
    session.rollback()
    return contents


def _next_subscription(session: Session) -> Subscription | None:
    session.rollback()
    # Others may have chosen, reported and fixed since the digest before.
    session.expire_all()
    return session.scalars(
        select(Subscription)
        .where(Subscription.next_digest_at <= now())
        .options(joinedload(Subscription.user))
        .order_by(Subscription.next_digest_at, Subscription.id)
        .limit(1)
    ).first()


def _postpone(subscription_id: int, due_at: datetime | None) -> None:
    """Look at it again later, unless its recipient has chosen anew meanwhile."""
    with write_transaction() as session:
        session.execute(
            update(Subscription)
            .where(Subscription.id == subscription_id, Subscription.next_digest_at == due_at)
            .values(next_digest_at=now() + RETRY)
        )


def _due(session: Session, subscription: Subscription) -> Due:
    moment = now()
    due_at = subscription.next_digest_at
    assert due_at is not None
    goes_on = subscription.mode in DIGEST_MODES
    subscriber = _subscriber(session, subscription)
    return Due(
        subscription_id=subscription.id,
        site_id=subscription.site_id,
        due_at=due_at,
        since=subscription.digest_until or subscription.created_at,
        # From digests to "at once": what comes from now on is told anyway.
        until=moment - SETTLED if goes_on else moment,
        next_at=subscriber_of("", subscription).rhythm.next_digest(moment, due_at)
        if goes_on
        else None,
        subscriber=subscriber,
    )


def _subscriber(session: Session, subscription: Subscription) -> Subscriber | None:
    """Who gets it; None where there is nobody any more, or nobody who wants it."""
    if subscription.mode == "never":
        return None
    if subscription.address is not None:
        return subscriber_of(subscription.address, subscription)
    user: User | None = subscription.user
    if user is None or not user.active:
        return None
    role = session.scalar(
        select(Membership.role).where(
            Membership.site_id == subscription.site_id, Membership.user_id == user.id
        )
    )
    return subscriber_of(user.email, subscription, role) if role else None


def _filter(session: Session, due: Due) -> Callable[..., bool]:
    """Whether a report is for the recipient: by the rules, the thresholds, and muted pages."""
    subscriber = due.subscriber
    assert subscriber is not None
    audience = audience_of(session, due.site_id)
    address = subscriber.address.lower()
    muted = {each.page_id for each in muted_pages(session, [due.site_id], address)}

    def mine(report: Report, closed: bool = False) -> bool:
        if report.page_id in muted:
            return False
        facts = facts_of(report)
        if not closed and not subscriber.wants(report.readers, facts.score):
            return False
        # Without rules everything is for everybody.
        return not audience.rules or address in {
            each.address.lower() for each in audience.recipients_of(facts)
        }

    return mine


def _fixed(session: Session, due: Due) -> list[Report]:
    return list(
        session.scalars(
            select(Report)
            .where(
                Report.site_id == due.site_id,
                Report.status == "fixed",
                Report.resolved_at >= due.since,
                Report.resolved_at < due.until,
            )
            .options(joinedload(Report.page))
            .order_by(Report.resolved_at.desc(), Report.id.desc())
            .limit(LOOKED_THROUGH)
        )
    )


def _openings(session: Session, report_ids: list[int]) -> dict[int, int]:
    """The latest opening of each of some reports."""
    if not report_ids:
        return {}
    rows = session.execute(
        select(Event.report_id, func.max(Event.id))
        .where(Event.report_id.in_(report_ids), Event.kind.in_(("opened", "reopened")))
        .group_by(Event.report_id)
    )
    return {row[0]: row[1] for row in rows}
