"""Telling members that somebody assigned reports to them: several come as one mail."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from server.models import Delivery, DeliveryReport, Event, Report, Subscription
from server.notify.outbox import owe
from server.notify.pacing import Waiting, joined
from server.notify.subscriptions import choices_of, subscriber_of

# What such a mail gathers while it waits.
COLLECTS = "assigned"
# Who assigns one report may assign others, or undo it.
WAIT = timedelta(minutes=2)


def tell_of_assignment(session: Session, report: Report, event: Event, mail_from: str) -> None:
    """After a report was given to somebody or to nobody, in that transaction: who has it now is
    owed a mail, unless they took it themselves or want none; who had it needs none any more."""
    if event.kind not in ("assigned", "unassigned"):
        return
    _take_back(session, report)
    holder = event.assignee
    if holder is None or holder.id == event.actor_id or not holder.active:
        return
    subscription = session.scalar(
        select(Subscription).where(
            Subscription.site_id == report.site_id, Subscription.user_id == holder.id
        )
    )
    if not choices_of(subscription).assigned:
        return
    subscriber = subscriber_of(holder.email, subscription)
    moment = event.created_at
    waiting = Waiting(COLLECTS, subscriber.rhythm.awake(moment + WAIT))
    if joined(session, subscriber, report, event, waiting, moment):
        return
    owe(
        session,
        report.site_id,
        holder.email,
        mail_from,
        cause=f"{COLLECTS}:{event.id}",
        kind="collected",
        about=[(report.id, event.id)],
        due_at=waiting.due_at,
        collects=COLLECTS,
    )


def _take_back(session: Session, report: Report) -> None:
    """Out of a mail that nobody has claimed yet; the mail itself where it was alone in it."""
    waiting = session.scalars(
        select(Delivery.id)
        .join(DeliveryReport)
        .where(
            DeliveryReport.report_id == report.id,
            Delivery.collects == COLLECTS,
            Delivery.state == "queued",
            Delivery.lease_token.is_(None),
            Delivery.attempts == 0,
        )
        # A worker has it in hand: it goes out.
        .with_for_update(of=Delivery, skip_locked=True)
    ).all()
    if not waiting:
        return
    session.execute(
        delete(DeliveryReport)
        .where(DeliveryReport.report_id == report.id, DeliveryReport.delivery_id.in_(waiting))
        .execution_options(synchronize_session=False)
    )
    left = exists().where(DeliveryReport.delivery_id == Delivery.id)
    session.execute(
        delete(Delivery)
        .where(Delivery.id.in_(waiting), ~left)
        .execution_options(synchronize_session=False)
    )
