"""What the dashboard's tests share: reports, and an editor who acts on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import ORIGIN, Submit, change

from server.extensions import db
from server.models import Delivery, Report

ACTIONS = ("fixed", "rejected", "spam", "reopen")

Act = Callable[..., str]


@pytest.fixture
def report(submit: Submit) -> Report:
    """An open report of the site, with a comment."""
    submit(comment="In the second paragraph")
    return db.session.scalars(select(Report)).one()


@pytest.fixture
def two_reports(submit: Submit) -> None:
    """``ferry`` was reported first, on another page; ``recieve`` last."""
    submit(
        selector__exact="ferry",
        page={
            "url": f"{ORIGIN}/sport/boats?utm_source=mail",
            "title": "Boats",
            "language": "en-GB",
            "author": "Ann Smith",
            "section": "Sport/Sailing",
        },
        suggestion="ferries",
        comment="Twice in one line",
    )
    submit(page__author="Ben Jones", page__section="News")
    change("ferry", readers=4, score=80, last_submitted_at=datetime(2026, 11, 3, tzinfo=UTC))
    change("recieve", readers=1, score=20, last_submitted_at=datetime(2026, 11, 5, tzinfo=UTC))


@pytest.fixture
def delivery(report: Report) -> Delivery:
    """The message that the site's editor is owed about the report."""
    return db.session.scalars(select(Delivery)).one()


@pytest.fixture
def act(editor_client: FlaskClient, report: Report) -> Act:
    """Take an action; the text of the page that follows. ``form`` adds fields."""

    def act(action: str, version: int | None = None, **form: str) -> str:
        version = report.version if version is None else version
        answer = editor_client.post(
            f"/reports/{report.public_id}/{action}",
            data={"version": version, **form},
            follow_redirects=True,
        )
        assert answer.status_code == 200
        db.session.refresh(report)
        return answer.text

    return act


@pytest.fixture
def token() -> Callable[[str], str]:
    """The token for forms that a page carries."""

    def find(page: str) -> str:
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
        assert found, "the page has a form with a token"
        return found[1]

    return find
