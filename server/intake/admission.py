"""Who is let in: whether a request is for a site that takes it, and within its limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Request

from server.config import Settings
from server.installation.sightings import Sightings
from server.intake.body import json_object, read_body
from server.intake.limits import Counters, check_limit, require_below_limit
from server.intake.schema import load
from server.intake.site_cache import KnownSite, SiteCache, looks_like_key
from server.network import Sender, sent_from
from server.problems import Problem


class Admission:
    """Of one request; ``parts``: what the application keeps for it."""

    def __init__(self, asked: Request, sender: Sender, parts: Mapping[str, Any]) -> None:
        self._asked = asked
        self._sender = sender
        self._settings: Settings = parts["copydesk_settings"]
        self._counters: Counters = parts["intake_counters"]
        self._sites: SiteCache = parts["site_cache"]
        self._sightings: Sightings = parts["sightings"]

    def admit(self) -> tuple[KnownSite, Callable[[], dict[str, Any]]]:
        """The site that the request is for, and what gives its body, which has come, as an object;
        that raises Problem where it is none, or another site's.

        Raises Problem 429 where the sender's network or the site has sent too much. A network is
        counted for each site apart: a flood from one desk of an office leaves the other desks free
        to report elsewhere. A flood that names its site in the address, as the widget does, is
        refused unread; what names none is counted when it turns out to be unusable.
        """
        named = self._asked.args.get("site")
        if named is not None:
            site = self._admitted(named)
            return site, partial(_body_of, site, named, read_body(self._asked))
        for sender, times in self._sender.keys:
            rule = self._settings.intake_network_limit
            require_below_limit(self._counters, "network", rule, sender, times=times)
        try:
            body = json_object(read_body(self._asked))
            key = body.get("site")
            if not looks_like_key(key):
                # Perhaps the schema knows better what is wrong with it.
                key = load(body)["site"]
        except Problem:
            self._count_network()
            raise
        return self._admitted(key), lambda: body

    def _count_network(self, *name: str) -> None:
        """Count one request of the sender's network, and of the one around it."""
        for sender, times in self._sender.keys:
            rule = self._settings.intake_network_limit
            check_limit(self._counters, "network", rule, sender, *name, times=times)

    def _admitted(self, key: str) -> KnownSite:
        site = self._sites.remembered(key)
        if site is None:
            # Guessed keys reach the database no oftener than reports.
            self._count_network("key")
            site = self._sites.find(key)
        if site is None:
            raise Problem.of_field(
                "site", "is not a known site key.", status=404, kind="unknown-site"
            )
        self._count_network(site.key)
        if site.blocked_networks and sent_from(self._asked, site.blocked_networks):
            raise Problem(
                403,
                "network-blocked",
                "This site takes no reports from this network.",
                "The site's owner has blocked it.",
            )
        check_limit(self._counters, "site", self._settings.intake_site_limit, site.key)
        if key != site.key:
            self._note_former_key(site, key)
        return site

    def _note_former_key(self, site: KnownSite, key: str) -> None:
        """An owner asks which former keys are still in use; pinned tags tell it here alone."""
        page = self._asked.headers.get("Origin") or self._asked.headers.get("Referer")
        self._sightings.note(site.id, key, site.origins, page)


def _body_of(site: KnownSite, named: str, data: bytes) -> dict[str, Any]:
    body = json_object(data)
    # What a reader's browser kept was written before the tag had its new key, perhaps under one
    # that works no more: it is the site's all the same, which the present key names.
    if body.get("site") not in (named, *site.all_keys):
        raise Problem.of_field("site", "is not the site that the address names.")
    return body
