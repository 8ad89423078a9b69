"""Pages of which somebody wants to hear no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from server.audit import record
from server.models import Page, PageMute, Site, User


def mute(session: Session, page_id: int, address: str, actor: User | None = None) -> None:
    """Send no mail about a page to an address, in the caller's transaction. ``actor``: its
    account; None for who has none."""
    if not is_muted(session, page_id, address):
        session.add(PageMute(page_id=page_id, address=address.lower()))
        _note(session, "page_muted", page_id, address, actor)
        session.flush()


def unmute(session: Session, page_id: int, address: str, actor: User | None = None) -> None:
    """Send mail about a page to an address again."""
    named = (PageMute.page_id == page_id, PageMute.address == address.lower())
    if session.scalars(delete(PageMute).where(*named).returning(PageMute.id)).all():
        _note(session, "page_unmuted", page_id, address, actor)


def _note(session: Session, act: str, page_id: int, address: str, actor: User | None) -> None:
    page = session.get_one(Page, page_id)
    site = session.get_one(Site, page.site_id)
    about = page.title or page.url
    if actor is None:
        record(session, f"recipient.{act}", actor=None, site=site, detail=f"{address} {about}")
    else:
        record(session, f"notifications.{act}", actor=actor, site=site, detail=about)


def is_muted(session: Session, page_id: int, address: str) -> bool:
    return address.lower() in muting(session, page_id, [address])


def muting(session: Session, page_id: int, addresses: Iterable[str]) -> frozenset[str]:
    """Which of some addresses, in lower case, want nothing of a page."""
    wanted = [address.lower() for address in addresses]
    return frozenset(
        session.scalars(
            select(PageMute.address).where(
                PageMute.page_id == page_id, PageMute.address.in_(wanted)
            )
        )
    )


def muted_pages(session: Session, site_ids: Iterable[int], address: str) -> Sequence[PageMute]:
    """The pages of some sites that an address has muted, the latest first."""
    return session.scalars(
        select(PageMute)
        .join(Page)
        .where(PageMute.address == address.lower(), Page.site_id.in_(list(site_ids)))
        .options(joinedload(PageMute.page))
        .order_by(PageMute.id.desc())
    ).all()
