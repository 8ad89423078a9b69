"""A reader's submission, as the widget makes it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.database import write_transaction
from server.extensions import db
from server.models import Page, Report, Site
from server.reports.recurrence import GRACE

ORIGIN = "https://news.example"
PAGE_URL = f"{ORIGIN}/harbour"
EDITOR = "editor@news.example"
PASSWORD = "a long password for tests"
SENDERS = 12

Submit = Callable[..., TestResponse]


def body_for(site: Site, /, **changes: Any) -> dict[str, Any]:
    """A valid submission; a change names a field by its path, as ``selector__exact="x"``."""
    body: dict[str, Any] = {
        "site": site.key,
        "idempotency_key": uuid.uuid4().hex,
        "page": {"url": PAGE_URL, "title": "The harbour", "language": "en"},
        "selector": {
            "exact": "recieve",
            "prefix": "the council has begun to ",
            "suffix": " letters asking for more",
        },
        "passage": {"before": "The council has begun to ", "after": " letters."},
        "fragment": "text=recieve",
        "suggestion": "receive",
        "comment": "",
        "elapsed_ms": 4200,
        "website": "",
        "widget": "test",
    }
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = body
        for parent in parents:
            place = place[parent]
        place[last] = value
    return body


def close_long_ago() -> None:
    """What is closed was closed so long ago that no cache shows what was there before."""
    with write_transaction() as session:
        closed = session.scalars(select(Report).where(Report.resolved_at.is_not(None)))
        for report in closed:
            assert report.resolved_at is not None
            report.resolved_at -= 2 * GRACE


def change(exact: str, **values: object) -> None:
    """Change stored reports by the words that they are about."""
    with write_transaction() as session:
        session.execute(update(Report).where(Report.exact == exact).values(**values))


def store_reports(session: Session, site: Site, count: int, **values: Any) -> None:
    """So many open reports of one page, without submissions."""
    page = Page(site_id=site.id, url=f"{ORIGIN}/", url_hash=bytes(32))
    session.add(page)
    session.flush()
    same = {"site_id": site.id, "page_id": page.id, **values}
    rows = [
        {"place_hash": number.to_bytes(32), "exact": f"mistake {number}", **same}
        for number in range(count)
    ]
    session.execute(insert(Report), rows)


def only_report() -> Report:
    """The one that is stored, as it stands now."""
    db.session.rollback()
    return db.session.scalars(select(Report)).one()


def send_at_once(app: Flask, bodies: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """POST all bodies, SENDERS at a time; the status and the document of each answer."""

    def post(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = app.test_client().post(
            "/api/v1/submissions",
            data=json.dumps(body),
            content_type="text/plain",
            headers={"Origin": ORIGIN},
        )
        return answer.status_code, answer.get_json(force=True)

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(post, bodies))
