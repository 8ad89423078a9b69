"""The message that thanks a reader.

Nothing in it is the reader's: neither words nor the page's title, which a stranger could fill with
an advertisement and have sent to anybody. The addresses of pages are those of the site itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.config import Settings
from server.language import best_language, gettext
from server.models import Delivery, DeliveryReport, Page, Report
from server.notify import headers
from server.notify.letter import Letter, Rendered
from server.notify.thanks import hashes_of
from server.text.address import AddressError, origin_allowed, origin_of

MAX_PAGES = 10


def render_thanks(session: Session, delivery: Delivery, settings: Settings) -> Rendered:
    """In the language of the page that was read."""
    pages = _pages(session, delivery)
    wanted = [page.language for page in pages[:1]]
    with Letter(delivery, settings, best_language(*wanted, delivery.site.language)) as letter:
        address_hash = hashes_of(settings).of(delivery.recipient)
        stop_url = letter.url("never", letter.links.sign_hash("never", address_hash))
        letter.headers |= headers.stopped_at(stop_url)
        one = len(pages) == 1
        words = (
            gettext("A mistake you found is fixed")
            if one
            else gettext("Mistakes you found are fixed")
        )
        return letter.render(
            "thanks",
            subject=f"[{headers.for_header(delivery.site.name)}] {words}",
            pages=_own_pages(delivery, pages),
            one=one,
            reason=gettext(
                "You receive this once, because you left your address with the report. "
                "It is deleted now."
            ),
            stop_url=stop_url,
        )


def _pages(session: Session, delivery: Delivery) -> Sequence[Page]:
    """One for each mistake that was fixed."""
    return session.scalars(
        select(Page)
        .join(Report)
        .join(DeliveryReport)
        .where(DeliveryReport.delivery_id == delivery.id)
        .order_by(Report.id)
    ).all()


def _own_pages(delivery: Delivery, pages: Sequence[Page]) -> list[tuple[str, str]]:
    """The addresses that belong to the site still, and how they are shown: without what follows a
    ``?``, where anybody can write what he likes."""
    patterns = [origin.pattern for origin in delivery.site.origins]
    addresses = dict.fromkeys(page.url for page in pages)
    own = [address for address in addresses if _belongs(address, patterns)]
    return [(address, address.partition("?")[0]) for address in own[:MAX_PAGES]]


def _belongs(address: str, patterns: list[str]) -> bool:
    try:
        return origin_allowed(origin_of(address), patterns)
    except AddressError:
        return False
