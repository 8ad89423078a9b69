"""How values are shown: template filters of the dashboard."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from server.clock import now
from server.models import Delivery, Report
from server.reports.evidence import main_reason
from server.reports.history import actor_of
from server.text.address import with_fragment
from server.text.difference import difference
from server.text.evidence import BASE, level_of
from server.text.mailbox import without_addresses
from server.text.visible import visible

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def age(moment: datetime) -> str:
    """``3 minutes ago``; within the last minute ``just now``."""
    # Another machine's clock may be ahead of ours.
    seconds = max(0.0, (now() - moment).total_seconds())
    for length, name in _UNITS:
        count = int(seconds // length)
        if count:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"


def moment(value: datetime) -> str:
    """A moment in full, in UTC."""
    return f"{value:%Y-%m-%d %H:%M} UTC"


def words_address(report: Report) -> str:
    """Where the words stand on the live page."""
    return with_fragment(report.page.url, report.fragment)


def points(weight: int) -> str:
    """``+28`` and, with a true minus, ``−12``."""
    return f"{weight:+d}".replace("-", "−")


def said(words: str, delivery: Delivery) -> str:
    """A server's words, without the address of a reader, which is no editor's business."""
    return visible(without_addresses(words) if delivery.kind == "thanks" else words)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        actor_of=actor_of,
        age=age,
        level=level_of,
        main_reason=main_reason,
        moment=moment,
        points=points,
        said=said,
        visible=visible,
        words_address=words_address,
    )
    app.jinja_env.globals["base_score"] = BASE
    app.jinja_env.globals["difference"] = difference
