"""From announcements to deliveries: who is to hear of a report."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.models import Announcement, Membership, Site, User
from server.notify import site_channels
from server.notify.mutes import muting
from server.notify.outbox import owe

log = logging.getLogger(__name__)

BATCH = 200
# When one that could not be routed is looked at again.
RETRY = timedelta(minutes=5)
NOTIFIED_ROLES = ("owner", "editor")


def route_due(limit: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
    """Turn up to ``limit`` announcements that are due into deliveries; how many were handled.

    Each in one transaction: its deliveries are written and it is marked as routed, or neither.
    """
    settings: Settings = current_app.extensions["copydesk_settings"]
    handled = 0
    while handled < limit and not stopping():
        claimed = None
        try:
            with write_transaction() as session:
                claimed = claim_unrouted(session)
                if claimed is None:
                    break
                announcement_id = claimed.id
                _route(session, claimed, settings)
        except SQLAlchemyError:
            raise
        except Exception:
            # One that cannot be routed must not keep its neighbours waiting.
            log.exception("announcement %s cannot be routed", announcement_id)
            _postpone(announcement_id)
        handled += 1
    return handled


def claim_unrouted(session: Session) -> Announcement | None:
    """The announcement that is due longest, or None; the caller's transaction marks it.

    It holds the site's row meanwhile, so that the announcements of one site are routed one after
    the other: whether a mail is the first of a burst depends on the one before. Workers pass by
    sites that are held. SQLite has one writer at a time anyway.
    """
    return session.scalars(
        select(Announcement)
        .join(Site)
        .where(Announcement.routed_at.is_(None), Announcement.due_at <= now())
        .order_by(Announcement.due_at, Announcement.id)
        .limit(1)
        # Not against who inserts rows that refer to the site: reports come in all the time.
        .with_for_update(of=Site, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def _route(session: Session, announcement: Announcement, settings: Settings) -> None:
    marked = session.execute(
        update(Announcement)
        .where(Announcement.id == announcement.id, Announcement.routed_at.is_(None))
        .values(routed_at=now())
        .returning(Announcement.id)
    ).all()
    # Read before the one who held the site had committed.
    if not marked:
        return
    site_channels.owe_event(session, announcement, settings.mail_from)
    # What an editor did, editors know; a further reader is nobody's news yet.
    if announcement.event.source != "widget" or announcement.event.kind == "joined":
        return
    recipients = _editors_of(session, announcement.site_id)
    muted = muting(session, announcement.report.page_id, recipients)
    for recipient in recipients:
        if recipient.lower() in muted:
            continue
        owe(
            session,
            announcement.site_id,
            recipient,
            settings.mail_from,
            cause=f"event:{announcement.event_id}",
            about=[(announcement.report_id, announcement.event_id)],
        )


def _editors_of(session: Session, site_id: int) -> list[str]:
    return list(
        session.scalars(
            select(User.email)
            .join(Membership)
            .where(Membership.site_id == site_id, Membership.role.in_(NOTIFIED_ROLES), User.active)
            .order_by(User.id)
        )
    )


def _postpone(announcement_id: int) -> None:
    with write_transaction() as session:
        session.execute(
            update(Announcement)
            .where(Announcement.id == announcement_id)
            .values(due_at=now() + RETRY)
        )
