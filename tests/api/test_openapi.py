"""The OpenAPI document is true: generated requests, good and bad, never break the intake."""

from __future__ import annotations

import contextvars
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy import select
from submissions import ORIGIN, Submit

from server.api_tokens import issue
from server.database import write_transaction
from server.extensions import db
from server.models import SCOPES, Report, Site, User

# All checks of Schemathesis, but those that ask here for something else than they say:
load_all_checks()
LEFT_OUT = [
    # That what fits the schemas is accepted. They cannot say what an address, a cursor or JSON
    # within text/plain is, which is refused with 400 or 422.
    "positive_data_acceptance",
]
# Where the test itself shows a token, whatever was generated without one is accepted.
LEFT_OUT_OF_PROGRAMS = [*LEFT_OUT, "ignored_auth", "negative_data_rejection"]


def checks_without(names: list[str]) -> list[Any]:
    assert set(names) <= set(CHECKS.get_all_names())
    return [check for check in CHECKS.get_all() if check.__name__ not in names]


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
    report_id = str(db.session.scalars(select(Report.public_id)).one())
    with write_transaction() as session:
        token = issue(session, editor, site, "Generated", SCOPES, None)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    operation = schema[path][method]

    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case, known: bool) -> None:
        if known and "report_id" in (case.path_parameters or {}):
            case.path_parameters["report_id"] = report_id
        headers = {"Authorization": f"Bearer {token}"}
        response = contextvars.Context().run(case.call, headers=headers)
        case.validate_response(response, checks=checks_without(LEFT_OUT_OF_PROGRAMS))

    check()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_generated_requests_get_documented_answers(
    app: Flask, site: Site, mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    operation = schema["/api/v1/submissions"]["POST"]
    key = site.key
    seen: set[int] = set()

    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case, known: bool) -> None:
        left_out = LEFT_OUT
        if known and isinstance(case.body, dict) and isinstance(case.body.get("page"), dict):
            # Past the first refusals, into the database. It may mend what was wrong.
            left_out = [*LEFT_OUT, "negative_data_rejection"]
            case.body["site"] = key
            case.body["page"]["url"] = f"{ORIGIN}/a"
            if case.query:
                case.query["site"] = key
        response = contextvars.Context().run(case.call, headers={"Origin": ORIGIN})
        seen.add(response.status_code)
        if response.status_code == 413:
            # A refusal, too, which Schemathesis does not count among them.
            left_out = [*left_out, "negative_data_rejection"]
        case.validate_response(response, checks=checks_without(left_out))

    check()
    assert seen & ({201} if mode is GenerationMode.POSITIVE else {400, 415, 422})
