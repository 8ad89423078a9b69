"""The OpenAPI document is true: generated requests, good and bad, never break the intake."""

from __future__ import annotations

import contextvars

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from submissions import ORIGIN

from server.models import Site

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


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
        if known and isinstance(case.body, dict) and isinstance(case.body.get("page"), dict):
            # Past the first refusals, into the database.
            case.body["site"] = key
            case.body["page"]["url"] = f"{ORIGIN}/a"
        response = contextvars.Context().run(case.call, headers={"Origin": ORIGIN})
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    check()
    assert seen & ({201} if mode is GenerationMode.POSITIVE else {400, 415, 422})
