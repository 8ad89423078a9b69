"""What an account may see and do: its role on each of its sites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, contains_eager

from server.models import FormerKey, Membership, Site, User

# A viewer only looks.
ACTING_ROLES = ("owner", "editor")


def sites_of(session: Session, user: User) -> Sequence[Site]:
    """The sites an account belongs to, by name."""
    return session.scalars(
        select(Site).join(Membership).where(Membership.user_id == user.id).order_by(Site.name)
    ).all()


def memberships_of(session: Session, user: User) -> Sequence[Membership]:
    """An account's memberships with their sites, by the site's name."""
    return session.scalars(
        select(Membership)
        .join(Site)
        .where(Membership.user_id == user.id)
        .options(contains_eager(Membership.site))
        .order_by(Site.name)
    ).all()


def sites_to_act_on(session: Session, user: User) -> frozenset[int]:
    """The ids of the sites whose reports an account may change."""
    return frozenset(
        session.scalars(
            select(Membership.site_id).where(
                Membership.user_id == user.id, Membership.role.in_(ACTING_ROLES)
            )
        )
    )


def sites_owned_by(session: Session, user: User) -> Sequence[Site]:
    """The sites whose settings an account may change, by name."""
    return session.scalars(
        select(Site)
        .join(Membership)
        .where(Membership.user_id == user.id, Membership.role == "owner")
        .order_by(Site.name)
    ).all()


def owned_site(session: Session, user: User, key: str) -> Site | None:
    """A site of which the account is an owner; None for any other."""
    return session.scalar(
        select(Site)
        .join(Membership)
        .where(Membership.user_id == user.id, Membership.role == "owner", _has_key(key))
    )


def membership_with_key(session: Session, user: User, key: str) -> Membership | None:
    """The account's membership of the site with this key; None where it has none."""
    return session.scalar(
        select(Membership).join(Site).where(Membership.user_id == user.id, _has_key(key))
    )


def site_among(session: Session, sites: Iterable[Site], key: str | None) -> Site | None:
    """The one of some sites that has a key, or had it when somebody kept a view; None for any
    other."""
    if not key or not _can_be_key(key):
        return None
    by_key = {each.key: each for each in sites}
    if key in by_key:
        return by_key[key]
    former = session.scalar(select(FormerKey.site_id).where(FormerKey.key == key))
    return next((each for each in by_key.values() if each.id == former), None)


def _has_key(key: str) -> ColumnElement[bool]:
    """A site by its key, or by one that it had when somebody kept the address of a page."""
    if not _can_be_key(key):
        return false()
    former = select(FormerKey.site_id).where(FormerKey.key == key)
    return or_(Site.key == key, Site.id.in_(former))


def _can_be_key(key: str) -> bool:
    """PostgreSQL takes no text with this character, not even to compare."""
    return "\0" not in key
