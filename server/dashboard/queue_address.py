"""The state of the queue, as the address bar holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, url_for

from server.models import Site
from server.reports.queue import ORDERS, VIEWS, Cursor, Order


@dataclass(frozen=True, kw_only=True)
class QueueAddress:
    """``?view=open&site=<key>&sort=newest&after=<cursor>``; forms carry the same, hidden."""

    view: str = "open"
    site: Site | None = None
    sort: str = "newest"
    after: Cursor | None = None

    @classmethod
    def read(cls, values: Mapping[str, str], sites: Sequence[Site]) -> QueueAddress:
        """From a query or a form. Answers 404 for a view, an order or a site that is none of
        ours."""
        view, key = values.get("view") or "open", values.get("site")
        sort = values.get("sort") or "newest"
        site = next((each for each in sites if each.key == key), None)
        if view not in VIEWS or sort not in ORDERS or (key and site is None):
            abort(404)
        after = ORDERS[sort].cursor(values.get("after", ""))
        return cls(view=view, site=site, sort=sort, after=after)

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    def fields(self) -> dict[str, Any]:
        """Names and values, without what is not set."""
        found = {
            "view": "" if self.view == "open" else self.view,
            "site": self.site.key if self.site else "",
            "sort": "" if self.sort == "newest" else self.sort,
            "after": str(self.after or ""),
        }
        return {name: value for name, value in found.items() if value}

    def url(self, anchor: str | None = None, **changes: Any) -> str:
        """The address of the queue with some parts changed."""
        fields = replace(self, **changes).fields()
        return url_for("dashboard.show_queue", **fields, _anchor=anchor)
