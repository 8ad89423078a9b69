"""Who hears of a site's reports without an account: a desk, a freelance, a mailing list."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.invalid import InvalidInput
from server.language import available, gettext, in_english_or, speaks
from server.models import Membership, Subscription, User
from server.notify.subscriptions import Choices, store
from server.text.mailbox import InvalidAddress, checked_address

MAX_RECIPIENTS = 200
MAX_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Desk:
    """``name``: how owners call it; ``language``: of its mail, BCP 47; empty: the site's."""

    address: str
    name: str = ""
    language: str = ""
    choices: Choices = field(default_factory=Choices)


def recipients_without_account(session: Session, site_id: int) -> Sequence[Subscription]:
    """The addresses of a site that belong to no account."""
    return session.scalars(
        select(Subscription)
        .where(Subscription.site_id == site_id, Subscription.address.is_not(None))
        .order_by(Subscription.address)
    ).all()


def recipient_named(session: Session, site_id: int, public_id: uuid.UUID) -> Subscription | None:
    """One of them."""
    return session.scalar(
        select(Subscription).where(
            Subscription.site_id == site_id,
            Subscription.public_id == public_id,
            Subscription.address.is_not(None),
        )
    )


def recipient_with(session: Session, site_id: int, address: str) -> Subscription:
    """One of them by the address. Raises InvalidInput where there is none."""
    found = session.scalar(
        select(Subscription).where(
            Subscription.site_id == site_id, Subscription.address == address.strip().lower()
        )
    )
    if found is None:
        words = gettext("%(address)s is no recipient without account.", address=address)
        raise InvalidInput(f"address: {words}")
    return found


def add_recipient(
    session: Session,
    site_id: int,
    address: str,
    choices: Choices,
    *,
    name: str = "",
    language: str = "",
) -> Subscription:
    """Let an address without an account hear of a site's reports. Raises InvalidInput."""
    new = Subscription(site_id=site_id, mode="never")
    desk = Desk(address=address, name=name, language=language, choices=choices)
    return change_recipient(session, new, desk)


def change_recipient(session: Session, subscription: Subscription, wanted: Desk) -> Subscription:
    """Set all that owners may; what is owed to a former address already goes there. Raises
    InvalidInput, and then nothing is changed."""
    wanted.choices.check()
    name = " ".join(wanted.name.split())
    if len(name) > MAX_NAME or not name.isprintable():
        words = gettext("must have at most %(most)s printable characters.", most=MAX_NAME)
        raise InvalidInput(f"name: {words}")
    if wanted.language and not speaks(wanted.language):
        known = ", ".join(each.replace("_", "-") for each in available())
        words = gettext("must be one of %(known)s.", known=known)
        raise InvalidInput(f"language: {words}")
    address = valid_address(wanted.address)
    if address != subscription.address:
        _require_new(session, subscription, address)
    subscription.address, subscription.name = address, name
    subscription.language = wanted.language
    return store(session, subscription, wanted.choices)


def remove_recipient(session: Session, subscription: Subscription) -> None:
    """Send an address nothing more. A rule that names it still sends it what the rule fits."""
    session.delete(subscription)
    session.flush()


def valid_address(address: str) -> str:
    """An address in lower case. Raises InvalidInput."""
    try:
        return checked_address(address.strip(), trial=True).lower()
    except InvalidAddress as error:
        words = in_english_or(gettext("This is no e-mail address."), error)
        raise InvalidInput(f"address: {words}") from None


def _require_new(session: Session, subscription: Subscription, address: str) -> None:
    """Raises InvalidInput for an address that hears of the site's reports already, and where there
    are too many."""
    site_id = subscription.site_id
    if session.scalar(
        select(User.id)
        .join(Membership)
        .where(Membership.site_id == site_id, func.lower(User.email) == address)
    ):
        words = gettext("%(address)s is a member, who chooses on the own page.", address=address)
        raise InvalidInput(f"address: {words}")
    known = recipients_without_account(session, site_id)
    if any(each.address == address for each in known):
        words = gettext("%(address)s is a recipient already.", address=address)
        raise InvalidInput(f"address: {words}")
    if subscription.id is None and len(known) >= MAX_RECIPIENTS:
        words = gettext("a site has at most %(most)s recipients.", most=MAX_RECIPIENTS)
        raise InvalidInput(f"address: {words}")
