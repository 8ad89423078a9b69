"""The state of the queue, as the address bar holds it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from flask import abort, url_for

from server.extensions import db
from server.language import gettext
from server.models import Site
from server.reports.filters import EVERYTHING, Filter
from server.reports.membership import site_among
from server.reports.views import ORDERS, VIEWS, Cursor, Order
from server.text.normalise import normalise
from server.text.zone import is_zone

MAX_TEXT = 200
MAX_ADDRESS = 4_096
MAX_READERS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class QueueAddress:
    """``?view=open&site=<key>&sort=newest&after=<cursor>`` and what PARTS names; forms carry the
    same, hidden."""

    view: str = "open"
    site: Site | None = None
    sort: str = "newest"
    after: Cursor | None = None
    filter: Filter = EVERYTHING

    @classmethod
    def read(cls, values: Mapping[str, str], sites: Sequence[Site]) -> QueueAddress:
        """From a query or a form. Answers 404 for a view, an order or a site that is none of
        ours, and 400 for a filter that means nothing."""
        view, key = values.get("view") or "open", values.get("site")
        sort = values.get("sort") or "newest"
        site = site_among(db.session(), sites, key)
        if view not in VIEWS or sort not in ORDERS or (key and site is None):
            abort(404)
        after = ORDERS[sort].cursor(values.get("after", ""))
        parts = {
            part.field: part.read(name, typed(values[name]))
            for name, part in PARTS.items()
            if typed(values.get(name, ""))
        }
        # Days alone are somewhere.
        if not parts.keys() & DAYS:
            parts.pop("zone", None)
        elif not parts.get("zone"):
            parts["zone"] = zone_of([site] if site else sites)
        filter = Filter(site_id=site.id if site else None, **parts)
        return cls(view=view, site=site, sort=sort, after=after, filter=filter)

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    def fields(self) -> dict[str, str]:
        """Names and values, without what is not set."""
        found = {
            "view": "" if self.view == "open" else self.view,
            "site": self.site.key if self.site else "",
            **self.parts(),
            "sort": "" if self.sort == "newest" else self.sort,
            "after": str(self.after or ""),
        }
        return {name: value for name, value in found.items() if value}

    def parts(self) -> dict[str, str]:
        """What the filter consists of besides the site, as the address names it."""
        given = {
            name: str(getattr(self.filter, part.field))
            for name, part in PARTS.items()
            if getattr(self.filter, part.field) != _DEFAULTS[part.field]
        }
        if not given.keys() & {"since", "until"}:
            given.pop("zone", None)
        return given

    def without(self, name: str) -> str:
        """The address of the queue without one part of the filter."""
        if name == "site":
            return self.url(site=None, filter=replace(self.filter, site_id=None), after=None)
        default: dict[str, Any] = {PARTS[name].field: _DEFAULTS[PARTS[name].field]}
        return self.url(filter=replace(self.filter, **default), after=None)

    def reset(self) -> str:
        """The address of the view without any filter."""
        return self.url(site=None, filter=EVERYTHING, after=None)

    def url(
        self, anchor: str | None = None, endpoint: str = "dashboard.show_queue", **changes: Any
    ) -> str:
        """The address of the queue with some parts changed, or of what serves it; others than its
        own parts are added."""
        own = {name: changes.pop(name) for name in [*changes] if name in _OWN}
        values: dict[str, Any] = {**replace(self, **own).fields(), **changes}
        return url_for(endpoint, **values, _anchor=anchor)


def zone_of(sites: Sequence[Site]) -> str:
    """The time zone of some sites; UTC where they have several."""
    zones = {each.zone for each in sites}
    return zones.pop() if len(zones) == 1 else "UTC"


def typed(text: str) -> str:
    """What somebody typed, without characters that nobody sees or that turn the text around;
    joiners change letters."""
    return "".join(
        each
        for each in normalise(text)
        if unicodedata.category(each) not in ("Cc", "Cf") or each in "\u200c\u200d"
    ).strip()


@dataclass(frozen=True)
class Part:
    """One part of a filter: the field of :class:`Filter`, and how an address gives it."""

    field: str
    read: Callable[[str, str], Any]


def _text(limit: int) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if len(text) > limit:
            abort(400, gettext("%(name)s: is too long.", name=name))
        return text

    return read


def _number(least: int, most: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if not least <= number <= most:
            abort(
                400,
                gettext(
                    "%(name)s: is no number from %(least)s to %(most)s.",
                    name=name,
                    least=least,
                    most=most,
                ),
            )
        return number

    return read


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    # Not so near to the ends of time that no day comes before or after.
    if not 1970 <= day.year <= 9000:
        abort(400, gettext("%(name)s: is no date, such as 2026-11-24.", name=name))
    return day


def _zone(name: str, text: str) -> str:
    """Empty for one that this machine does not know, as a browser's may be newer."""
    return text if is_zone(text) else ""


DAYS = {"first_day", "last_day"}
PARTS = {
    "q": Part("words", _text(MAX_TEXT)),
    "page": Part("page", _text(MAX_ADDRESS)),
    "author": Part("author", _text(MAX_TEXT)),
    "section": Part("section", _text(MAX_TEXT)),
    "language": Part("language", _text(35)),
    "since": Part("first_day", _day),
    "until": Part("last_day", _day),
    "zone": Part("zone", _zone),
    "readers": Part("min_readers", _number(1, MAX_READERS)),
    "evidence": Part("min_score", _number(0, 100)),
}
_OWN = {field.name for field in fields(QueueAddress)}
_DEFAULTS = {field.name: field.default for field in fields(Filter)}
