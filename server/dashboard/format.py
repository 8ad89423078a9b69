"""How values are shown: template filters of the dashboard."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from server.dashboard.words import in_words
from server.language import ago, in_quotation_marks, long_date
from server.models import Delivery, Report
from server.notify.evidence_words import sentence_of
from server.reports.correction import MAX_CORRECTION
from server.reports.evidence import main_reason
from server.reports.history import actor_of
from server.reports.notes import MAX_NOTE
from server.text.address import with_fragment
from server.text.difference import difference
from server.text.evidence import BASE, LIKELY, POSSIBLE, level_of
from server.text.mailbox import without_addresses
from server.text.visible import visible


def moment(value: datetime) -> str:
    """A moment in full, in UTC."""
    return f"{value:%Y-%m-%d %H:%M} UTC"


def day(text: str) -> str:
    """``24 November 2026`` of a day in ISO form."""
    return long_date(datetime.fromisoformat(text))


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
        age=ago,
        day=day,
        in_quotation_marks=in_quotation_marks,
        in_words=in_words,
        level=level_of,
        main_reason=main_reason,
        moment=moment,
        points=points,
        said=said,
        sentence=sentence_of,
        visible=visible,
        words_address=words_address,
    )
    app.jinja_env.globals["base_score"] = BASE
    app.jinja_env.globals["levels"] = {"possible": POSSIBLE, "likely": LIKELY}
    app.jinja_env.globals["difference"] = difference
    app.jinja_env.globals["max_note"] = MAX_NOTE
    app.jinja_env.globals["max_correction"] = MAX_CORRECTION
