"""What the public endpoint gets and stores as it is, and how it refuses."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from submissions import ORIGIN
from werkzeug.test import TestResponse

from server.extensions import db
from server.models import Delivery, Event, Page, Report, Submission


def post(client: FlaskClient, data: bytes | str, **options: Any) -> TestResponse:
    """Send a body, as a page of the site's origin would; options are those of the client."""
    options.setdefault("content_type", "text/plain;charset=UTF-8")
    options["headers"] = {"Origin": ORIGIN, **options.get("headers", {})}
    return client.post("/api/v1/submissions", data=data, **options)


def stored() -> tuple[int, ...]:
    """How many pages, reports, submissions, events and deliveries there are."""
    db.session.rollback()
    return tuple(
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Page, Report, Submission, Event, Delivery)
    )


def assert_refused(answer: TestResponse, status: int, field: str = "", reason: str = "") -> None:
    """As a problem document, which names the field and says the reason; nothing was stored."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["status"] == status
    assert problem["title"]
    assert problem["type"].startswith("/problems/")
    if field:
        assert field in [error["field"] for error in problem["errors"]]
        assert all(error["message"] for error in problem["errors"])
    assert reason.lower() in json.dumps(problem).lower()
    assert stored() == (0, 0, 0, 0, 0)
