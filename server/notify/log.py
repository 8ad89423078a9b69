"""What was sent, kept or is owed: the queries behind the Deliveries page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from server.models import Delivery, Membership, Report, User

PAGE_SIZE = 50


def deliveries_of(
    session: Session, user: User, *, before: int | None = None, limit: int = PAGE_SIZE
) -> tuple[Sequence[Delivery], int | None]:
    """What was sent, kept or is owed for the account's sites, newest first; and, where there is
    more, the ``before`` of the next page."""
    query = _deliveries_visible_to(user).order_by(Delivery.id.desc()).limit(limit + 1)
    if before is not None:
        # A number from an address can be larger than any that a database takes.
        query = query.where(Delivery.id < min(before, 2**63 - 1))
    found = session.scalars(query).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def delivery_of(session: Session, user: User, public_id: uuid.UUID) -> Delivery | None:
    """One delivery; None where the account does not belong to its site."""
    return session.scalar(_deliveries_visible_to(user).where(Delivery.public_id == public_id))


def _deliveries_visible_to(user: User) -> Select[Delivery]:
    return (
        select(Delivery)
        .join(Membership, Membership.site_id == Delivery.site_id)
        .where(Membership.user_id == user.id)
        .options(joinedload(Delivery.site), joinedload(Delivery.report).joinedload(Report.page))
    )
