"""From announcements to deliveries: who is to hear of a report."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.extensions import settings_of
from server.models import Announcement, Report, Site
from server.notify import site_channels
from server.notify.audience import Audience, Subscriber
from server.notify.mutes import muting
from server.notify.pacing import tell, was_told
from server.notify.rules import audience_of
from server.text.matching import Facts

log = logging.getLogger(__name__)

BATCH = 200
# When one that could not be routed is looked at again.
RETRY = timedelta(minutes=5)
# Where evidence decides who hears of a report, it is waited for so long, then done without.
EVIDENCE_WAIT = timedelta(minutes=2)
EVIDENCE_LOOK = timedelta(seconds=10)
# What was routed says nothing that its deliveries do not; for a while it tells who looks for an
# error when that was.
KEPT = timedelta(days=7)
FORGOTTEN_AT_ONCE = 1_000


def route_due(limit: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
    """Turn up to ``limit`` announcements that are due into deliveries; how many were handled.

    Each in one transaction: its deliveries are written and it is marked as routed, or neither.
    """
    settings = settings_of()
    handled = 0
    while handled < limit and not stopping():
        announcement_id = 0
        try:
            with write_transaction() as session:
                claimed = claim_unrouted(session)
                if claimed is None:
                    break
                announcement_id = claimed.id
                _route(session, claimed, settings)
        except SQLAlchemyError:
            # The database's trouble, not the announcement's: it stays as it was.
            raise
        except Exception:
            # One that cannot be routed must not keep its neighbours waiting.
            log.exception("announcement %s cannot be routed", announcement_id)
            with write_transaction() as session:
                _postpone(session, announcement_id, now() + RETRY)
        handled += 1
    return handled


def forget_routed(stopping: Callable[[], bool] = lambda: False) -> int:
    """Delete what was routed longer ago than KEPT, in batches; how many."""
    forgotten = 0
    while not stopping():
        with write_transaction() as session:
            old = (
                select(Announcement.id)
                .where(Announcement.routed_at < now() - KEPT)
                .limit(FORGOTTEN_AT_ONCE)
            )
            gone = session.execute(
                delete(Announcement)
                .where(Announcement.id.in_(old))
                .returning(Announcement.id)
                .execution_options(synchronize_session=False)
            ).all()
        forgotten += len(gone)
        if len(gone) < FORGOTTEN_AT_ONCE:
            break
    return forgotten


def claim_unrouted(session: Session) -> Announcement | None:
    """The announcement that is due longest, or None; the caller's transaction marks it.

    It holds the site's row meanwhile, so that the announcements of one site are routed one after
    the other: whether a mail is the first of a burst depends on the one before. Workers pass by
    sites that are held. SQLite has one writer at a time anyway.
    """
    # Reports and choices as they stand now, not as the announcement before found them.
    session.expire_all()
    return session.scalars(
        select(Announcement)
        .join(Site)
        .where(Announcement.routed_at.is_(None), Announcement.due_at <= now())
        .order_by(Announcement.due_at, Announcement.id)
        .limit(1)
        # Not against who inserts rows that refer to the site: reports come in all the time.
        .with_for_update(of=Site, key_share=True, skip_locked=True)
    ).first()


def facts_of(report: Report) -> Facts:
    """What rules can ask about a report, as far as it is known."""
    page = report.page
    return Facts(
        author=page.author,
        section=page.section,
        path=urlsplit(page.url).path or "/",
        language=page.language,
        # By its kind or by the words that editors see.
        evidence=[str(each.get(name)) for each in report.evidence for name in ("kind", "label")],
        score=report.score if report.evaluated_at else None,
    )


def _route(session: Session, announcement: Announcement, settings: Settings) -> None:
    moment = now()
    audience = audience_of(session, announcement.site_id)
    report = announcement.report
    if (
        report.evaluated_at is None
        and moment < announcement.created_at + EVIDENCE_WAIT
        and audience.needs_evidence
    ):
        _postpone(session, announcement.id, moment + EVIDENCE_LOOK)
        return
    marked = session.execute(
        update(Announcement)
        .where(Announcement.id == announcement.id, Announcement.routed_at.is_(None))
        .values(routed_at=moment)
        .returning(Announcement.id)
    ).all()
    # Read before the one who held the site had committed.
    if not marked:
        return
    site_channels.owe_event(session, announcement, moment, settings)
    # What an editor did, editors know; what somebody closed meanwhile nobody needs to hear of.
    if announcement.event.source != "widget" or report.status != "open":
        return
    for subscriber in _to_tell(session, announcement, audience):
        tell(session, subscriber, report, announcement.event, moment, settings)


def _to_tell(session: Session, announcement: Announcement, audience: Audience) -> list[Subscriber]:
    """Who hears of it now: those with digests hear by themselves. Another reader of a known report
    is news for those alone who waited for more readers or more certainty."""
    report = announcement.report
    facts = facts_of(report)
    addresses = {each.address for each in (*audience.members.values(), *audience.others.values())}
    addresses.update(address for rule in audience.rules for address in rule.addresses)
    addresses.update(audience.authors.values())
    muted = muting(session, report.page_id, addresses)
    again = announcement.event.kind == "joined"
    return [
        each
        for each in audience.recipients_of(facts, lambda address: address.lower() in muted)
        if each.rhythm.mode == "at_once"
        and each.wants(report.readers, facts.score)
        and not (again and not each.has_threshold)
        and not (again and was_told(session, each.address, report))
    ]


def _postpone(session: Session, announcement_id: int, due_at: datetime) -> None:
    session.execute(
        update(Announcement).where(Announcement.id == announcement_id).values(due_at=due_at)
    )
