"""Erasing a whole site: out of everybody's sight at once, out of the database batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import (
    ApiToken,
    Channel,
    Delivery,
    FormerKey,
    Invitation,
    Membership,
    Page,
    Report,
    RoutingRule,
    Site,
    Subscription,
)
from server.models.site import new_site_key
from server.reports.page_locks import lock_pages, lock_pages_of

BATCH = 200
# Who works on it, what sends from it, what leads to it.
_AT_ONCE: Sequence[Any] = (
    Membership,
    Invitation,
    ApiToken,
    FormerKey,
    Subscription,
    RoutingRule,
    Channel,
)
# Rows that may be many; the database deletes what belongs to them.
_IN_BATCHES: Sequence[Any] = (Report, Delivery, Page)


def begin_erasing(session: Session, site: Site) -> None:
    """From now on nobody sees the site, its tag is unknown, and nothing is sent for it. What it
    holds is erased by :func:`erase_leaving_sites`. Its name is free again."""
    session.refresh(site, with_for_update=True)
    site.key = site.name = new_site_key()
    site.erasing_since = now()
    for table in _AT_ONCE:
        session.execute(
            delete(table)
            .where(table.site_id == site.id)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        delete(Delivery)
        .where(
            Delivery.site_id == site.id,
            Delivery.state == "queued",
            Delivery.lease_token.is_(None),
        )
        .execution_options(synchronize_session=False)
    )
    session.flush()


def erase_leaving_sites(stopping: Callable[[], bool] = lambda: False) -> int:
    """Erase what is left of sites that are being erased; how many rows of theirs."""
    erased = 0
    leaving = select(Site.id).where(Site.erasing_since.is_not(None)).order_by(Site.id)
    for site_id in db.session.scalars(leaving).all():
        for table in _IN_BATCHES:
            while not stopping() and (gone := _erase_batch(table, site_id)):
                erased += gone
        if stopping():
            break
        with write_transaction() as session:
            session.execute(
                delete(Site).where(Site.id == site_id).execution_options(synchronize_session=False)
            )
    return erased


def _erase_batch(table: Any, site_id: int) -> int:
    with write_transaction() as session:
        some = session.scalars(
            select(table.id).where(table.site_id == site_id).order_by(table.id).limit(BATCH)
        ).all()
        if table is Page:
            lock_pages(session, some)
        elif table is Report:
            lock_pages_of(session, some)
        gone = session.execute(
            delete(table)
            .where(table.id.in_(some))
            .returning(table.id)
            .execution_options(synchronize_session=False)
        ).all()
    return len(gone)
