"""The order in which rows are locked, so that no two transactions ever wait for each other.

First pages, by site and hash of the address; then their reports; then what belongs to a report.
Whoever changes several reports, or adds rows that refer to several, locks their pages first, as the
intake does. Whoever changes one report needs no page: it waits for nothing else.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Integer, any_, literal, select
from sqlalchemy.orm import Session

from server.models import Page, Report


def lock_pages_of(session: Session, reports: Collection[int]) -> None:
    """Lock the pages of some reports, by the reports' ids, until the transaction ends."""
    if reports and _locks_rows(session):
        theirs = select(Report.page_id).where(Report.id == _any_of(reports))
        _lock(session, Page.id.in_(theirs))


def lock_pages(session: Session, pages: Collection[int]) -> None:
    """Lock pages, by their ids, until the transaction ends."""
    if pages and _locks_rows(session):
        _lock(session, Page.id == _any_of(pages))


def _lock(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(
        select(Page.id)
        .where(which)
        .order_by(Page.site_id, Page.url_hash)
        # Whoever refers to a page waits for nobody.
        .with_for_update(key_share=True, of=Page)
    )


def _locks_rows(session: Session) -> bool:
    """SQLite has one writer at a time."""
    return session.get_bind().dialect.name == "postgresql"


def _any_of(ids: Collection[int]) -> ColumnElement[int]:
    # As one value, however many there are.
    return any_(literal(sorted(ids), ARRAY(Integer)))  # type: ignore[return-value]  # compares
