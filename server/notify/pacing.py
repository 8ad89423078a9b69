"""When a report goes out to somebody who hears at once: now, or with others in one message.

The same for mail and chats. What readers do comes in bursts and floods; what editors did is told as
it happens, within the hour's number of messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from server.config import Settings
from server.models import Delivery, DeliveryReport, Event, Report
from server.notify.audience import Subscriber
from server.notify.flood import COLLECTS, INTERVAL, in_flood, latest_told
from server.notify.outbox import owe, told_at

HOUR = timedelta(hours=1)
# What is told as soon as it happens; digests have their own times.
_PACED = ("report", "collected")
_OPENING = ("opened", "reopened")
# What messages gather, beside those of one page; what is assigned is told apart.
_GATHERING = ("quiet", "hour", COLLECTS)
_OF_PAGE = "page:"
# Where events come from that nobody of the site knows of yet.
_READERS = "widget"


@dataclass(frozen=True)
class Waiting:
    """What a report waits with, and until when."""

    collects: str
    due_at: datetime


def tell(
    session: Session,
    subscriber: Subscriber,
    report: Report,
    event: Event,
    moment: datetime,
    settings: Settings,
) -> None:
    """Owe a report to a subscriber, in the caller's transaction: a message of its own, or a place
    in one that is still waiting."""
    # A new report has no place yet.
    if event.kind != "opened" and _told_in_its_place(session, subscriber, report, event, moment):
        return
    news = event.source == _READERS
    waiting = _quiet(subscriber, moment)
    most = settings.flood_reports
    if waiting is None and news and in_flood(session, report.site_id, moment, most):
        waiting = _flood(session, subscriber, report, moment)
        if waiting is None:
            _warn(session, subscriber, report, event, moment, settings)
            return
    elif waiting is None:
        if news:
            waiting = _burst(session, subscriber, report, moment, settings.burst_minutes)
        if waiting and joined(session, subscriber, report, event, waiting, moment):
            return
        waiting = _beyond(session, subscriber, moment, settings.mails_per_hour) or waiting
    if waiting and joined(session, subscriber, report, event, waiting, moment):
        return
    cause = f"{waiting.collects}:{waiting.due_at.isoformat()}" if waiting else f"event:{event.id}"
    owe(
        session,
        report.site_id,
        subscriber.address,
        settings.mail_from,
        cause=f"{report.site_id}:{cause}" if waiting else cause,
        channel=subscriber.channel,
        about=[(report.id, event.id)],
        due_at=waiting.due_at if waiting else event.created_at,
        collects=waiting.collects if waiting else None,
    )


def was_told(session: Session, address: str, report: Report) -> bool:
    """Whether a mail to an address has, or will have, a report since it was last opened."""
    opening = (
        select(func.max(Event.id))
        .where(Event.report_id == report.id, Event.kind.in_(_OPENING))
        .scalar_subquery()
    )
    found = session.scalar(
        select(DeliveryReport.report_id)
        .join(Delivery)
        .where(
            DeliveryReport.report_id == report.id,
            DeliveryReport.event_id >= opening,
            Delivery.recipient == address,
        )
        .limit(1)
    )
    return found is not None


def _quiet(subscriber: Subscriber, moment: datetime) -> Waiting | None:
    rhythm = subscriber.rhythm
    return Waiting("quiet", rhythm.awake(moment)) if rhythm.is_quiet(moment) else None


def _flood(
    session: Session, subscriber: Subscriber, report: Report, moment: datetime
) -> Waiting | None:
    """Until the next message of the flood; None where its first one is still to be sent."""
    latest = latest_told(session, subscriber.address, report.site_id, moment)
    if latest is None:
        return None
    return Waiting(COLLECTS, subscriber.rhythm.awake(latest + INTERVAL))


def _warn(
    session: Session,
    subscriber: Subscriber,
    report: Report,
    event: Event,
    moment: datetime,
    settings: Settings,
) -> None:
    """Owe the message that says that there is a flood."""
    owe(
        session,
        report.site_id,
        subscriber.address,
        settings.mail_from,
        cause=f"event:{event.id}",
        kind="collected",
        channel=subscriber.channel,
        about=[(report.id, event.id)],
        due_at=moment,
        collects=COLLECTS,
        details={"more_than": settings.flood_reports},
    )


def _burst(
    session: Session, subscriber: Subscriber, report: Report, moment: datetime, minutes: int
) -> Waiting | None:
    """Where the page was told of within the window: until the window is over."""
    window = timedelta(minutes=minutes)
    latest = _latest_of_page(session, subscriber.address, report, moment, window)
    if not minutes or latest is None:
        return None
    return Waiting(f"{_OF_PAGE}{report.page_id}", subscriber.rhythm.awake(latest + window))


def _beyond(
    session: Session, subscriber: Subscriber, moment: datetime, budget: int
) -> Waiting | None:
    """Where the hour's budget is used up: until there is room."""
    room = room_at(session, subscriber.address, moment, budget, HOUR)
    return Waiting("hour", subscriber.rhythm.awake(room)) if room else None


def room_at(
    session: Session, recipient: str, moment: datetime, most: int, window: timedelta
) -> datetime | None:
    """Where a recipient had, or will have, ``most`` messages within ``window``, those that still
    wait among them: when there is room for another. None where there is now; with 0 always."""
    if not most:
        return None
    told = told_at(moment)
    recent = session.scalars(
        select(told)
        .where(
            Delivery.recipient == recipient,
            Delivery.due_at > moment - window,
            Delivery.kind.in_(_PACED),
        )
        .order_by(told.desc())
        .limit(most)
    ).all()
    return recent[-1] + window if len(recent) == most else None


def _latest_of_page(
    session: Session, address: str, report: Report, moment: datetime, window: timedelta
) -> datetime | None:
    """When the latest message about what readers said of the report's page was due, or is."""
    told = told_at(moment)
    latest: datetime | None = session.scalar(
        select(told)
        .join(DeliveryReport)
        .join(Report, Report.id == DeliveryReport.report_id)
        .join(Event, Event.id == DeliveryReport.event_id)
        .where(
            Delivery.recipient == address,
            Delivery.site_id == report.site_id,
            Delivery.due_at > moment - window,
            Delivery.kind.in_(_PACED),
            Event.source == _READERS,
            Report.page_id == report.page_id,
        )
        .order_by(told.desc())
        .limit(1)
    )
    return latest


def joined(
    session: Session,
    subscriber: Subscriber,
    report: Report,
    event: Event,
    waiting: Waiting,
    moment: datetime,
) -> bool:
    """Take a place in a message that waits for the same; False where there is none any more. One
    that was tried may have arrived: it comes again as it was, or with its Message-ID the copy is
    lost."""
    return _join(session, subscriber, report, event, moment, Delivery.collects == waiting.collects)


def _told_in_its_place(
    session: Session, subscriber: Subscriber, report: Report, event: Event, moment: datetime
) -> bool:
    """Where a report waits to be told already, the message that it has a place in tells how it
    stands: of its end nobody should hear before its beginning, nor of both apart."""
    has_place = exists().where(
        DeliveryReport.delivery_id == Delivery.id, DeliveryReport.report_id == report.id
    )
    of_news = or_(Delivery.collects.in_(_GATHERING), Delivery.collects.startswith(_OF_PAGE))
    return _join(session, subscriber, report, event, moment, of_news & has_place)


def _join(
    session: Session,
    subscriber: Subscriber,
    report: Report,
    event: Event,
    moment: datetime,
    which: ColumnElement[bool],
) -> bool:
    found = session.scalar(
        update(Delivery)
        .where(
            Delivery.id
            == select(Delivery.id)
            .where(
                Delivery.recipient == subscriber.address,
                Delivery.site_id == report.site_id,
                which,
                Delivery.state == "queued",
                Delivery.lease_token.is_(None),
                Delivery.attempts == 0,
                Delivery.due_at > moment,
            )
            .order_by(Delivery.due_at)
            .limit(1)
            .scalar_subquery(),
            # Claimed since it was found: it may be written already, or tried.
            Delivery.lease_token.is_(None),
            Delivery.attempts == 0,
        )
        .values(kind="collected", report_id=None, event_id=None)
        .returning(Delivery.id)
    )
    if found is None:
        return False
    place = session.get(DeliveryReport, (found, report.id))
    if place:
        place.event_id = event.id
    else:
        session.add(DeliveryReport(delivery_id=found, report_id=report.id, event_id=event.id))
    session.flush()
    return True
