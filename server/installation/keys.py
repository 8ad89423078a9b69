"""A site's keys: the one that its tag has, and former ones that still work for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from server.clock import now
from server.invalid import InvalidInput
from server.models import FormerKey, Site
from server.models.site import new_site_key

# How long a tag with the former key goes on working: a site has pages that nobody renders anew.
GRACE = timedelta(days=30)
# Whoever copied one can use it for as long as it works.
MOST_WORKING = 3


def site_with_key(session: Session, key: str, *options: ExecutableOption) -> Site | None:
    """The site whose tag has this key, or had it and may still have it; read anew."""
    anew = {"populate_existing": True}
    site = session.scalar(
        select(Site).where(Site.key == key).options(*options).execution_options(**anew)
    )
    if site is not None:
        return site
    return session.scalar(
        select(Site)
        .join(FormerKey, FormerKey.site_id == Site.id)
        .where(FormerKey.key == key, FormerKey.works_until > now())
        .options(*options)
        .execution_options(**anew)
    )


def former_keys(session: Session, site: Site) -> Sequence[FormerKey]:
    """All keys that a site had before, the latest first."""
    return session.scalars(
        select(FormerKey).where(FormerKey.site_id == site.id).order_by(FormerKey.id.desc())
    ).all()


def working_former_keys(session: Session, site: Site) -> list[str]:
    """Those that tags may still have, the latest first."""
    moment = now()
    return [each.key for each in former_keys(session, site) if each.works_until > moment]


def renew_key(session: Session, site: Site, replaced: str) -> FormerKey:
    """Give a site a new key in place of ``replaced``, which goes on working for :data:`GRACE`.

    Raises InvalidInput where ``replaced`` is not its key any more, so that the same button pressed
    twice does it once, and where too many former keys work.
    """
    # Whoever comes second sees what the first did.
    session.refresh(site, with_for_update=True)
    if site.key != replaced:
        raise InvalidInput("key: has been renewed already.")
    if len(working_former_keys(session, site)) >= MOST_WORKING:
        raise InvalidInput(f"key: {MOST_WORKING} former keys still work. End one of them first.")
    former = FormerKey(site_id=site.id, key=site.key, works_until=now() + GRACE)
    session.add(former)
    site.key = new_site_key()
    session.flush()
    return former


def end_former_key(session: Session, site: Site, key: str) -> None:
    """Let tags with a former key work no longer. Raises InvalidInput where none such works."""
    former = next((each for each in former_keys(session, site) if each.key == key), None)
    if former is None or former.works_until <= now():
        raise InvalidInput("key: is not a former key that works.")
    former.works_until = now()
