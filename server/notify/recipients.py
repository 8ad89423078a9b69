"""Who a message is for, as things stand now: a link in it works for as long as they do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from server.models import Membership, Site, User
from server.notify.links import seal_of
from server.reports.membership import ACTING_ROLES


@dataclass(frozen=True)
class Recipient:
    """An address that a site's reports go to. ``user``: its account, if it has one; ``language``:
    the one wanted, as BCP 47; ``acting``: may change reports; ``seal``: see :func:`seal_of`."""

    address: str
    user: User | None
    language: str
    acting: bool
    seal: bytes


# Asked for each mail: making the statement takes longer than the database takes to answer.
_MEMBER = (
    select(User, Membership.role)
    .join(Membership)
    .where(
        func.lower(User.email) == bindparam("address"),
        User.active,
        Membership.site_id == bindparam("site"),
    )
)


def recipient_at(session: Session, site: Site, address: str) -> Recipient | None:
    """Who reads a site's reports at an address; None for nobody any more."""
    member = session.execute(_MEMBER, {"address": address.lower(), "site": site.id}).first()
    if member is None:
        return None
    user, role = member
    return Recipient(
        address=user.email,
        user=user,
        language=user.language or site.language,
        acting=role in ACTING_ROLES,
        seal=seal_of(user.fs_uniquifier),
    )
