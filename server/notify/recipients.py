"""Who a message is for, as things stand now: a link in it works for as long as they do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from server.models import (
    AuthorAddress,
    Membership,
    RoutingRule,
    RuleRecipient,
    Site,
    Subscription,
    User,
)
from server.notify.links import seal_of
from server.reports.membership import ACTING_ROLES


@dataclass(frozen=True)
class Recipient:
    """An address that a site's reports go to. ``user``: its account, if it has one; ``language``:
    the one wanted, as BCP 47; ``zone``: the time zone, an IANA name; ``acting``: may change
    reports; ``seal``: see :func:`seal_of`."""

    address: str
    user: User | None
    language: str
    zone: str
    acting: bool
    seal: bytes


# Asked for each mail: making a statement takes longer than the database takes to answer.
_ACCOUNT = (
    select(User, Membership.role, Subscription.zone)
    .outerjoin(
        Membership,
        (Membership.user_id == User.id) & (Membership.site_id == bindparam("site")),
    )
    .outerjoin(
        Subscription,
        (Subscription.user_id == User.id) & (Subscription.site_id == bindparam("site")),
    )
    .where(func.lower(User.email) == bindparam("address"))
)
_CHOSEN = select(Subscription.language, Subscription.zone).where(
    Subscription.site_id == bindparam("site"), Subscription.address == bindparam("address")
)
# Whether an owner gave a site's reports, or some of them, to an address.
_NAMED = select(
    or_(
        select(Subscription.id)
        .where(
            Subscription.site_id == bindparam("site"),
            Subscription.address == bindparam("address"),
            Subscription.mode != "never",
        )
        .exists(),
        select(RuleRecipient.id)
        .join(RoutingRule)
        .where(
            RoutingRule.site_id == bindparam("site"),
            func.lower(RuleRecipient.address) == bindparam("address"),
        )
        .exists(),
        select(AuthorAddress.id)
        .where(
            AuthorAddress.site_id == bindparam("site"),
            func.lower(AuthorAddress.address) == bindparam("address"),
        )
        .exists(),
    )
)


class Recipients:
    """Who reads at which address, asked once for each while a few mails are written."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], Recipient | None] = {}

    def at(self, session: Session, site: Site, address: str) -> Recipient | None:
        """See :func:`recipient_at`."""
        key = site.id, address
        if key not in self._known:
            self._known[key] = recipient_at(session, site, address)
        return self._known[key]


def recipient_at(session: Session, site: Site, address: str) -> Recipient | None:
    """Who reads a site's reports at an address; None for nobody any more.

    An address without an account acts like an editor: an owner gave it the site's reports.
    """
    asked = {"site": site.id, "address": address.lower()}
    found = session.execute(_ACCOUNT, asked).first()
    user, role, zone = found if found else (None, None, None)
    if user is not None and not user.active:
        return None
    if user is not None and role is not None:
        return Recipient(
            address=user.email,
            user=user,
            language=user.language or site.language,
            zone=zone or site.zone,
            acting=role in ACTING_ROLES,
            seal=seal_of(user.fs_uniquifier),
        )
    if not session.scalar(_NAMED, asked):
        return None
    chosen = session.execute(_CHOSEN, asked).first()
    language, zone = chosen or ("", "")
    return Recipient(
        address=address,
        user=None,
        language=language or site.language,
        zone=zone or site.zone,
        acting=True,
        seal=seal_of(site.key),
    )
