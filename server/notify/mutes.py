"""Pages of which somebody wants to hear no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from server.models import Page, PageMute


def mute(session: Session, page_id: int, address: str) -> None:
    """Send no mail about a page to an address, in the caller's transaction."""
    if not is_muted(session, page_id, address):
        session.add(PageMute(page_id=page_id, address=address.lower()))
        session.flush()


def unmute(session: Session, page_id: int, address: str) -> None:
    """Send mail about a page to an address again."""
    session.execute(
        delete(PageMute).where(PageMute.page_id == page_id, PageMute.address == address.lower())
    )


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
