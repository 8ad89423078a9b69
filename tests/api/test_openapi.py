"""The OpenAPI document is true: generated requests, good and bad, never break the intake."""

from __future__ import annotations

import contextvars
import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.parameters import ParameterLocation
from sqlalchemy import select
from submissions import ORIGIN, Submit

from server.api_tokens import issue
from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import SCOPES, Report, Site, User
from server.reports.views import NEWEST

load_all_checks()
# What no schema can say, and what these tests change in what was generated, leave a check out for
# that one request.
# What JSON has, but its readers do not agree on, and text that no schema can describe.
BEYOND_SCHEMAS = re.compile("number is too l|nested deeper|made of more than|surrogate pair|NUL")
ACCEPTED, REFUSED = "positive_data_acceptance", "negative_data_rejection"


def validate(
    case: schemathesis.Case, left_out: set[str], headers: dict[str, str] | None = None
) -> int:
    """Send a request and hold its answer to all checks but those ``left_out``; its status."""
    assert left_out <= set(CHECKS.get_all_names())
    if case.media_type == "text/plain":
        # No schema says that this text is JSON.
        left_out = {*left_out, ACCEPTED}

    def ask() -> int:
        response = case.call(headers=headers)
        if BEYOND_SCHEMAS.search(response.text):
            left_out.add(ACCEPTED)
        if response.status_code == 413:
            # A refusal, too, which Schemathesis does not count among them.
            left_out.add(REFUSED)
        checks = [each for each in CHECKS.get_all() if each.__name__ not in left_out]
        case.validate_response(response, checks=checks, headers=headers)
        return int(response.status_code)

    return contextvars.Context().run(ask)


def test_document_names_limits_and_every_error(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").get_json()

    operation = document["paths"]["/api/v1/submissions"]["post"]
    expected = {"200", "201", "400", "403", "404", "413", "415", "422", "429", "503"}
    assert set(operation["responses"]) == expected
    assert document["components"]["schemas"]["Selector"]["properties"]["exact"]["maxLength"] == 1000


def test_docs_page_shows_every_field_without_foreign_assets(client: FlaskClient) -> None:
    page = client.get("/api/docs")

    assert page.status_code == 200
    for field in ("selector.exact", "page.canonical", "idempotency_key", "errors[].field"):
        assert f"<code>{field}</code>" in page.text
    assert 'src="http' not in page.text


PROGRAMS = (
    ("/api/v1/reports", "GET"),
    ("/api/v1/reports/{report_id}", "GET"),
    ("/api/v1/reports/{report_id}/resolution", "POST"),
    ("/api/v1/statistics/{name}", "GET"),
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("path", "method"), PROGRAMS)
def test_generated_requests_of_programs_get_documented_answers(
    app: Flask,
    editor: User,
    site: Site,
    submit: Submit,
    path: str,
    method: str,
    mode: GenerationMode,
) -> None:
    submit()
    report = db.session.scalars(select(Report)).one()
    report_id, cursor = str(report.public_id), str(NEWEST.cursor_of(report))
    with write_transaction() as session:
        token = issue(session, editor, site, "Generated", SCOPES, None)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    operation = schema[path][method]

    headers = {"Authorization": f"Bearer {token}"}

    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case, known: bool) -> None:
        left_out: set[str] = set()
        if known and "report_id" in (case.path_parameters or {}):
            left_out.add(REFUSED)
            case.path_parameters["report_id"] = report_id
        if mode is GenerationMode.NEGATIVE and case.meta.is_negative_at(ParameterLocation.HEADER):
            # The token that is shown here mends it.
            left_out.add(REFUSED)
        if mode is GenerationMode.POSITIVE:
            _as_no_schema_can_say(case.query or {}, cursor)
        validate(case, left_out, headers)

    check()


def _as_no_schema_can_say(query: dict[str, Any], cursor: str) -> None:
    """Cursors are the server's own, a period does not end before it begins, and which zones there
    are the machine knows."""
    if "zone" in query:
        query["zone"] = "Asia/Kathmandu"
    if "after" in query:
        query["after"] = cursor
    if {"from", "to"} <= query.keys():
        query["from"], query["to"] = sorted((query["from"], query["to"]))
    elif "from" in query:
        query["from"] = min(query["from"], str(now().date()))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_generated_requests_get_documented_answers(
    app: Flask, site: Site, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    # No field takes NUL; a pattern for each would say little else.
    schema.config.generation.allow_x00 = False
    operation = schema["/api/v1/submissions"]["POST"]
    key = site.key
    seen: set[int] = set()

    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case, known: bool) -> None:
        left_out: set[str] = set()
        if known and isinstance(case.body, dict) and isinstance(case.body.get("page"), dict):
            # Past the first refusals, into the database. It may mend what was wrong.
            left_out.add(REFUSED)
            case.body["site"] = key
            case.body["page"]["url"] = f"{ORIGIN}/a"
            if case.query:
                case.query["site"] = key
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            # No schema says which address is a page's, and where mail can be sent.
            case.body["page"]["url"] = f"{ORIGIN}/a"
            if case.body.get("email"):
                case.body["email"] = "reader@example.org"
        seen.add(validate(case, left_out, {"Origin": ORIGIN}))

    check()
    assert seen & ({201} if mode is GenerationMode.POSITIVE else {400, 415, 422})
