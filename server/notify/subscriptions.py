"""How members, and addresses without an account, hear of a site's reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from server.clock import now
from server.invalid import InvalidInput
from server.models import Membership, Site, Subscription, User
from server.models.subscription import DIGEST_MODES, MODES
from server.notify.announce import MAX_READERS
from server.notify.audience import Subscriber
from server.notify.rhythm import Rhythm
from server.reports.membership import ACTING_ROLES
from server.text.mailbox import InvalidAddress, checked_address
from server.text.zone import is_zone

MAX_RECIPIENTS = 200


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What somebody chose; see :class:`server.models.Subscription`."""

    mode: str = "at_once"
    hour: int = 8
    weekday: int = 0
    zone: str = "UTC"
    min_readers: int = 1
    min_score: int = 0
    quiet_from: int | None = None
    quiet_until: int | None = None

    def check(self) -> None:
        """Raises InvalidInput; the message names the field."""
        if self.mode not in MODES:
            raise InvalidInput(f"mode: must be one of {', '.join(MODES)}.")
        for name, least, most in (
            ("hour", 0, 23),
            ("weekday", 0, 6),
            ("min_readers", 1, MAX_READERS),
            ("min_score", 0, 100),
        ):
            if not least <= getattr(self, name) <= most:
                raise InvalidInput(f"{name}: must be from {least} to {most}.")
        if not is_zone(self.zone):
            raise InvalidInput(f"zone: {self.zone!r} is not a time zone, as Europe/Berlin is one.")
        quiet = (self.quiet_from, self.quiet_until)
        if (self.quiet_from is None) != (self.quiet_until is None):
            missing = "quiet_from" if self.quiet_from is None else "quiet_until"
            raise InvalidInput(f"{missing}: quiet hours need a beginning and an end.")
        if any(each is not None and not 0 <= each < 24 * 60 for each in quiet):
            raise InvalidInput("quiet_from: must be a time of the day, as 22:00.")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise InvalidInput("quiet_until: quiet hours must end at another time than they begin.")


def default_mode(role: str) -> str:
    """What a member has who chose nothing: who may act hears at once, who looks on never."""
    return "at_once" if role in ACTING_ROLES else "never"


def choices_of(subscription: Subscription | None, role: str = "editor") -> Choices:
    """What was chosen, or the default of a role."""
    if subscription is None:
        return Choices(mode=default_mode(role))
    return Choices(**{name: getattr(subscription, name) for name in Choices.__annotations__})


def subscriber_of(
    address: str, subscription: Subscription | None, role: str = "editor"
) -> Subscriber:
    choices = choices_of(subscription, role)
    return Subscriber(
        address=address,
        rhythm=Rhythm(**{name: getattr(choices, name) for name in Rhythm.__annotations__}),
        min_readers=choices.min_readers,
        min_score=choices.min_score,
        subscription_id=subscription.id if subscription else None,
    )


def memberships_of(
    session: Session, user: User
) -> Sequence[tuple[Membership, Subscription | None]]:
    """The sites of an account with what it chose for each, by name."""
    rows = session.execute(
        select(Membership, Subscription)
        .join(Site, Site.id == Membership.site_id)
        .outerjoin(
            Subscription,
            (Subscription.site_id == Membership.site_id)
            & (Subscription.user_id == Membership.user_id),
        )
        .where(Membership.user_id == user.id)
        .options(joinedload(Membership.site))
        .order_by(Site.name)
    )
    return [(membership, subscription) for membership, subscription in rows]


def recipients_without_account(session: Session, site_id: int) -> Sequence[Subscription]:
    """The addresses of a site that belong to no account."""
    return session.scalars(
        select(Subscription)
        .where(Subscription.site_id == site_id, Subscription.address.is_not(None))
        .order_by(Subscription.address)
    ).all()


def choose(session: Session, site_id: int, user: User, choices: Choices) -> Subscription:
    """Store a member's choices for a site. Raises InvalidInput."""
    choices.check()
    role = session.scalar(
        select(Membership.role).where(Membership.site_id == site_id, Membership.user_id == user.id)
    )
    found = session.scalar(
        select(Subscription).where(Subscription.site_id == site_id, Subscription.user_id == user.id)
    )
    subscription = found or Subscription(
        site_id=site_id, user_id=user.id, mode=default_mode(role or "viewer")
    )
    return _store(session, subscription, choices)


def add_recipient(session: Session, site_id: int, address: str, choices: Choices) -> Subscription:
    """Let an address without an account hear of a site's reports. Raises InvalidInput."""
    choices.check()
    wanted = valid_address(address)
    if session.scalar(
        select(User.id)
        .join(Membership)
        .where(Membership.site_id == site_id, func.lower(User.email) == wanted)
    ):
        raise InvalidInput(f"address: {wanted} is a member, who chooses on the own page.")
    known = recipients_without_account(session, site_id)
    if any(each.address == wanted for each in known):
        raise InvalidInput(f"address: {wanted} is a recipient already.")
    if len(known) >= MAX_RECIPIENTS:
        raise InvalidInput(f"address: a site has at most {MAX_RECIPIENTS} recipients.")
    return _store(session, Subscription(site_id=site_id, address=wanted, mode="never"), choices)


def stop(session: Session, site_id: int, address: str) -> None:
    """Send an address nothing more of a site. Rules and lists may name it all the same."""
    user = session.scalar(
        select(User)
        .join(Membership)
        .where(Membership.site_id == site_id, func.lower(User.email) == address.lower())
    )
    key = Subscription.user_id == user.id if user else Subscription.address == address.lower()
    subscription = session.scalar(
        select(Subscription).where(Subscription.site_id == site_id, key)
    ) or Subscription(
        site_id=site_id,
        user_id=user.id if user else None,
        address=None if user else address.lower(),
    )
    subscription.mode = "never"
    subscription.next_digest_at = None
    session.add(subscription)
    session.flush()


def valid_address(address: str) -> str:
    """An address in lower case. Raises InvalidInput."""
    try:
        return checked_address(address, trial=True).lower()
    except InvalidAddress as error:
        raise InvalidInput(f"address: {error}") from None


def _store(session: Session, subscription: Subscription, choices: Choices) -> Subscription:
    """When the next digest comes: by the new choices; at once where somebody who had digests wants
    to hear at once, so that what the last one did not have is not lost."""
    moment = now()
    former = subscription.mode
    for name in Choices.__annotations__:
        setattr(subscription, name, getattr(choices, name))
    had_digests = former in DIGEST_MODES
    if choices.mode in DIGEST_MODES:
        if not had_digests or subscription.digest_until is None:
            # What came before was told, or was not wanted.
            subscription.digest_until = moment
            last = None
        else:
            last = subscription.digest_until
        rhythm = subscriber_of("", subscription).rhythm
        subscription.next_digest_at = rhythm.next_digest(moment, last)
    elif choices.mode == "at_once" and had_digests:
        subscription.next_digest_at = moment
    else:
        subscription.next_digest_at = None
    session.add(subscription)
    session.flush()
    return subscription
