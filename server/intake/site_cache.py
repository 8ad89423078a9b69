"""The sites by their keys, remembered for a moment: a flood must not reach the database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeGuard, TypeVar

from sqlalchemy.orm import Session, selectinload

from server.clock import now
from server.extensions import db
from server.installation.keys import former_keys, site_with_key
from server.models import Site
from server.reports.blocks import blocks_of

# How long a change of a site's settings, made by another process, may stay unseen.
KEPT = timedelta(seconds=10)
MOST = 1_000
_KEY = re.compile(r"ck_[0-9a-f]{32}")

V = TypeVar("V")


def looks_like_key(value: object) -> TypeGuard[str]:
    """Whether this can be a site's key at all."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


@dataclass(frozen=True, kw_only=True)
class KnownSite:
    """What the intake needs of a site. ``key`` is the one it has now, whichever was asked for;
    ``all_keys`` whatever it ever had, and has."""

    id: int
    key: str
    all_keys: frozenset[str]
    language: str
    origins: tuple[str, ...]
    null_origin: bool
    links_allowed: bool
    challenge: str
    blocked_networks: tuple[IPv4Network | IPv6Network, ...]
    blocked_words: tuple[str, ...]
    blocked_urls: tuple[str, ...]


class SiteCache:
    """Sites by key, for KEPT; keys that no site has likewise, apart, so that guessed keys never
    push out real ones."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, KnownSite]] = {}
        self._unknown: dict[str, datetime] = {}

    def remembered(self, key: str) -> KnownSite | None:
        """The site of a key, if that can be told without asking the database."""
        until, site = self._known.get(key, (None, None))
        return site if until and _counts(until, now()) else None

    def find(self, key: str) -> KnownSite | None:
        """The site of a key; None where there is none."""
        site = self.remembered(key)
        if site or not looks_like_key(key):
            return site
        moment = now()
        if _counts(self._unknown.get(key, moment), moment):
            return None
        site = _read(db.session(), key)
        if site is None:
            _keep(self._unknown, key, moment + KEPT)
            self._known.pop(key, None)
        else:
            _keep(self._known, key, (moment + KEPT, site))
        return site


def _counts(until: datetime, moment: datetime) -> bool:
    """Whether what is remembered until then still counts; not for longer because the clock was put
    back."""
    return moment < until <= moment + KEPT


def _keep(kept: dict[str, V], key: str, value: V) -> None:
    if len(kept) >= MOST:
        kept.clear()
    kept[key] = value


def _read(session: Session, key: str) -> KnownSite | None:
    site = site_with_key(session, key, selectinload(Site.origins))
    if site is None:
        return None
    blocked = {
        kind: [each.pattern for each in found] for kind, found in blocks_of(session, site).items()
    }
    return KnownSite(
        id=site.id,
        key=site.key,
        all_keys=frozenset({site.key, *(each.key for each in former_keys(session, site))}),
        language=site.language,
        origins=tuple(origin.pattern for origin in site.origins),
        null_origin=site.null_origin,
        links_allowed=site.links_allowed,
        challenge=site.challenge,
        blocked_networks=tuple(map(ip_network, blocked["network"])),
        blocked_words=tuple(blocked["word"]),
        blocked_urls=tuple(blocked["url"]),
    )
