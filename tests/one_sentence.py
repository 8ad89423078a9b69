"""Reports of one sentence on one page, by readers who select this or that of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select
from submissions import ORIGIN, PAGE_URL, body_for

from server.extensions import db
from server.models import Page, Report, Site

BEFORE, AFTER = "The council has begun to ", " letters from people who live near the harbour."
SENTENCE = f"{BEFORE}recieve{AFTER}"
RIGHT = f"{BEFORE}receive{AFTER}"
Send = Callable[..., dict[str, Any]]


def sender(app: Flask, site: Site) -> Send:
    """Report what is selected of SENTENCE, or ``selector`` as it is; gives the answer."""
    # Of no session: threads send too.
    site = Site(key=site.key)
    networks = itertools.count(1)

    def send(exact: str = "recieve", suggestion: str = "", **changes: Any) -> dict[str, Any]:
        at = SENTENCE.find(exact)
        before, after = (SENTENCE[:at], SENTENCE[at + len(exact) :]) if at >= 0 else ("", "")
        reader = changes.pop("reader", None) or f"10.0.{next(networks)}.1"
        fields: dict[str, Any] = {
            "page__url": PAGE_URL,
            "selector__exact": exact,
            "selector__prefix": before[-32:],
            "selector__suffix": after[:32],
            "passage__before": before,
            "passage__after": after,
            "suggestion": suggestion,
            "fragment": f"text={exact.split(maxsplit=1)[0]}",
        } | changes
        answer = app.test_client().post(
            "/api/v1/submissions",
            data=json.dumps(body_for(site, **fields)),
            content_type="text/plain",
            headers={"Origin": ORIGIN},
            environ_base={"REMOTE_ADDR": reader},
        )
        assert answer.status_code in (200, 201), answer.text
        return answer.get_json()

    return send


def reports() -> list[Report]:
    """Those of the page as they stand now, the oldest first."""
    db.session.rollback()
    return list(
        db.session.scalars(
            select(Report).join(Page).where(Page.url == PAGE_URL).order_by(Report.id)
        )
    )


def only_page() -> Page:
    db.session.rollback()
    return db.session.scalars(select(Page).where(Page.url == PAGE_URL)).one()


def only_report() -> Report:
    (report,) = reports()
    return report
