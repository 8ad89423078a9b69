"""What was sent, kept or is owed: the queries behind the Deliveries page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from server.clock import now
from server.models import Attempt, Channel, Delivery, Membership, Report, Site, User

PAGE_SIZE = 50


def deliveries_of(
    session: Session,
    user: User,
    *,
    site: Site | None = None,
    state: str = "",
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> tuple[Sequence[Delivery], int | None]:
    """What was sent, kept or is owed for the account's sites, or one of them, newest first, of all
    states or one; and, where there is more, the ``before`` of the next page."""
    query = _deliveries_visible_to(user).order_by(Delivery.id.desc()).limit(limit + 1)
    if site is not None:
        query = query.where(Delivery.site_id == site.id)
    if state:
        query = query.where(Delivery.state == state)
    if before is not None:
        # A number from an address can be beyond any that a database takes.
        query = query.where(Delivery.id < max(0, min(before, 2**31 - 1)))
    found = session.scalars(query).all()
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def delivery_of(session: Session, user: User, public_id: uuid.UUID) -> Delivery | None:
    """One delivery; None where the account does not belong to its site."""
    return session.scalar(_deliveries_visible_to(user).where(Delivery.public_id == public_id))


def delivery_with(session: Session, public_id: uuid.UUID) -> Delivery | None:
    """A delivery for whom its own message says so, as a signed link in it does."""
    return session.scalar(
        select(Delivery).where(Delivery.public_id == public_id).options(joinedload(Delivery.site))
    )


def _deliveries_visible_to(user: User) -> Select[Delivery]:
    return (
        select(Delivery)
        .join(Membership, Membership.site_id == Delivery.site_id)
        .where(Membership.user_id == user.id)
        .options(joinedload(Delivery.site), joinedload(Delivery.report).joinedload(Report.page))
    )


def latest_by_recipient(
    session: Session, recipients: Sequence[str], limit: int = 5
) -> dict[str, Sequence[Delivery]]:
    """The newest deliveries of some channels, by the channel's reference."""
    return {
        recipient: session.scalars(
            select(Delivery)
            .where(Delivery.recipient == recipient)
            .order_by(Delivery.id.desc())
            .limit(limit)
        ).all()
        for recipient in recipients
    }


def waiting_by_recipient(
    session: Session, recipients: Sequence[str]
) -> dict[str, tuple[int, datetime]]:
    """Of channels that are owed more later, by reference: how many messages, and until when."""
    found = session.execute(
        select(Delivery.recipient, func.count(), func.max(Delivery.due_at))
        .where(
            Delivery.recipient.in_(recipients),
            Delivery.state == "queued",
            Delivery.due_at > now(),
        )
        .group_by(Delivery.recipient)
    )
    return {recipient: (count, last) for recipient, count, last in found}


def attempts_of(session: Session, delivery: Delivery, limit: int = 30) -> Sequence[Attempt]:
    """What became of each try, newest first."""
    return session.scalars(
        select(Attempt)
        .where(Attempt.delivery_id == delivery.id)
        .order_by(Attempt.id.desc())
        .limit(limit)
    ).all()


def names_of_channels(session: Session, deliveries: Sequence[Delivery]) -> dict[str, str]:
    """The names of the channels that some deliveries go to, by reference."""
    references = {each.recipient for each in deliveries if each.channel != "mail"}
    found = session.scalars(select(Channel).where(Channel.reference.in_(references)))
    return {channel.reference: channel.name for channel in found}
