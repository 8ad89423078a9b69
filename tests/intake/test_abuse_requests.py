"""Requests that are no reports: other methods, questions of browsers, clocks that lie."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from submissions import ORIGIN, Submit

from server.clock import now
from server.extensions import db
from server.intake import routes
from server.models import Site, Submission

ENDPOINT = "/api/v1/submissions"


@pytest.mark.parametrize("method", ["HEAD", "GET", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"])
def test_other_methods_are_told_which_is_right(
    client: FlaskClient, site: Site, method: str
) -> None:
    answer = client.open(f"{ENDPOINT}?site={site.key}", method=method)

    assert answer.status_code == 405
    assert {each.strip() for each in answer.headers["Allow"].split(",")} == {"POST", "OPTIONS"}
    assert answer.content_type == "application/problem+json"
    if method != "HEAD":
        assert json.loads(answer.data)["status"] == 405


def test_a_storm_of_preflights_reaches_no_database(client: FlaskClient, site: Site) -> None:
    address = f"{ENDPOINT}?site={site.key}"
    asked: list[Any] = []
    event.listen(db.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    answers = [
        client.options(
            address,
            headers={
                "Origin": ORIGIN,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            },
        )
        for _ in range(50)
    ]

    assert asked == []
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].headers["Access-Control-Allow-Origin"] == "*"
    assert answers[0].headers["Access-Control-Allow-Methods"] == "POST"
    assert answers[0].headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert int(answers[0].headers["Access-Control-Max-Age"]) >= 600


@pytest.mark.parametrize("sent_at", ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z"])
def test_the_servers_clock_counts_whatever_the_readers_says(submit: Submit, sent_at: str) -> None:
    before = now()

    assert submit(sent_at=sent_at, elapsed_ms=2**53).status_code == 201

    received = db.session.scalars(select(Submission.received_at)).one()
    assert before <= received <= now()


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/nothing", "/api/v1/reports/x"])
def test_what_is_not_there_is_told_to_programs_as_a_problem(
    client: FlaskClient, address: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_mistake_of_ours_is_a_problem_that_says_no_more(
    post: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(routes, "new_submission", break_down)

    answer = post()

    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "secret" not in answer.text
