"""How members, and addresses without an account, hear of a site's reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from server.audit import record
from server.clock import now
from server.invalid import InvalidInput
from server.language import gettext
from server.models import Membership, Site, Subscription, User
from server.models.subscription import DIGEST_MODES, MODES
from server.notify.announce import MAX_READERS
from server.notify.audience import Subscriber
from server.notify.rhythm import Rhythm
from server.reports.membership import ACTING_ROLES
from server.text.zone import is_zone


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
    assigned: bool = True

    def check(self) -> None:
        """Raises InvalidInput; the message names the field."""
        if self.mode not in MODES:
            words = gettext("must be one of %(known)s.", known=", ".join(MODES))
            raise InvalidInput(f"mode: {words}")
        for name, least, most in (
            ("hour", 0, 23),
            ("weekday", 0, 6),
            ("min_readers", 1, MAX_READERS),
            ("min_score", 0, 100),
        ):
            if not least <= getattr(self, name) <= most:
                words = gettext("must be from %(least)s to %(most)s.", least=least, most=most)
                raise InvalidInput(f"{name}: {words}")
        if not is_zone(self.zone):
            words = gettext("%(zone)s is not a time zone, as Europe/Berlin is one.", zone=self.zone)
            raise InvalidInput(f"zone: {words}")
        quiet = (self.quiet_from, self.quiet_until)
        if (self.quiet_from is None) != (self.quiet_until is None):
            missing = "quiet_from" if self.quiet_from is None else "quiet_until"
            words = gettext("quiet hours need a beginning and an end.")
            raise InvalidInput(f"{missing}: {words}")
        if any(each is not None and not 0 <= each < 24 * 60 for each in quiet):
            words = gettext("must be a time of the day, as 22:00.")
            raise InvalidInput(f"quiet_from: {words}")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            words = gettext("quiet hours must end at another time than they begin.")
            raise InvalidInput(f"quiet_until: {words}")


def default_mode(role: str) -> str:
    """What a member has who chose nothing: who may act hears at once, who looks on never."""
    return "at_once" if role in ACTING_ROLES else "never"


def choices_of(
    subscription: Subscription | None, role: str = "editor", zone: str = "UTC"
) -> Choices:
    """What was chosen, or the default of a role, with the site's time zone."""
    if subscription is None:
        return Choices(mode=default_mode(role), zone=zone)
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
    return store(session, subscription, choices)


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
    if subscription.mode != "never" or subscription.assigned:
        site = session.get_one(Site, site_id)
        if user:
            record(session, "notifications.stopped", actor=user, site=site)
        else:
            record(session, "recipient.stopped", actor=None, site=site, detail=address)
    subscription.mode = "never"
    subscription.assigned = False
    subscription.next_digest_at = None
    session.add(subscription)
    session.flush()


def store(session: Session, subscription: Subscription, choices: Choices) -> Subscription:
    """Keep checked choices, and when the next digest comes: by the new ones; at once where somebody
    who had digests wants to hear at once, so that what the last one did not have is not lost."""
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
