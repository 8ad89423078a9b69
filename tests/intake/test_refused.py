"""What the public endpoint refuses, by the name of what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from refusals import assert_refused, post
from submissions import Submit, body_for

from server.extensions import db
from server.models import Site


@pytest.mark.parametrize(
    ("position", "field"),
    [
        ({"start": "12", "of": 20}, "start"),
        ({"start": 1.5, "of": 20}, "start"),
        ({"start": 2**31, "of": 20}, "start"),
        ({"start": -(2**31), "of": 20}, "start"),
        ({"start": 12, "of": -1}, "of"),
        ({"start": 12, "of": 2**31}, "of"),
        ({"start": 12, "of": None}, "of"),
        ({"start": 12}, "of"),
        ({"of": 12}, "start"),
    ],
)
def test_position_that_is_none_is_named(submit: Submit, position: object, field: str) -> None:
    assert_refused(submit(selector__position=position), 422, f"selector.position.{field}")


@pytest.mark.parametrize("position", [12, "12", [], [{"start": 1, "of": 2}]])
def test_position_of_another_type_is_named(submit: Submit, position: object) -> None:
    assert_refused(submit(selector__position=position), 422, "selector.position")


def test_unknown_site_is_named(submit: Submit) -> None:
    assert_refused(submit(site="ck_nobody"), 404, "site")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://news.example"])
def test_wrong_origin_is_refused(submit: Submit, origin: str) -> None:
    assert_refused(submit(origin=origin), 403, "Origin")


def test_page_of_another_site_is_refused(submit: Submit) -> None:
    assert_refused(submit(origin=None, page__url="https://evil.example/x"), 403, "page.url")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/harbour", ""]
)
def test_page_address_must_be_http(submit: Submit, address: str) -> None:
    assert_refused(submit(page__url=address), 422, "page.url")


@pytest.mark.parametrize("exact", ["", "   ", "\u200b", "\u00a0\n"])
def test_empty_selection_is_refused(submit: Submit, exact: str) -> None:
    assert_refused(submit(selector__exact=exact), 422, "selector.exact")


def test_selection_at_the_limit_is_taken(submit: Submit) -> None:
    assert submit(selector__exact="😀" * 1000).status_code == 201


@pytest.mark.parametrize(
    ("path", "field", "length"),
    [
        ("selector__exact", "selector.exact", 1001),
        ("selector__prefix", "selector.prefix", 501),
        ("suggestion", "suggestion", 1001),
        ("comment", "comment", 2001),
        ("page__title", "page.title", 501),
    ],
)
def test_overlong_text_is_refused(submit: Submit, path: str, field: str, length: int) -> None:
    assert_refused(submit(**{path: "a" * length}), 422, field)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("selector__exact", "selector.exact"),
        ("comment", "comment"),
        ("site", "site"),
        ("page__title", "page.title"),
    ],
)
@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b"], ids=["NUL", "lone surrogate"])
def test_text_that_cannot_be_stored_is_refused(
    submit: Submit, path: str, field: str, bad: str
) -> None:
    assert_refused(submit(**{path: bad}), 422, field)


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("selector", "selector", "recieve"),
        ("selector__exact", "selector.exact", 7),
        ("selector__exact", "selector.exact", None),
        ("page", "page", []),
        ("comment", "comment", {"a": 1}),
        ("elapsed_ms", "elapsed_ms", "soon"),
        ("elapsed_ms", "elapsed_ms", 1.5),
        ("idempotency_key", "idempotency_key", "short"),
        ("fragment", "fragment", "text=a b"),
        ("fragment", "fragment", "elsewhere"),
    ],
)
def test_wrong_type_or_form_is_named(submit: Submit, path: str, field: str, value: Any) -> None:
    assert_refused(submit(**{path: value}), 422, field)


def test_missing_field_is_named(client: FlaskClient, site: Site) -> None:
    body = body_for(site)
    del body["selector"]["exact"]

    assert_refused(post(client, json.dumps(body)), 422, "selector.exact")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"text"',
        "null",
        '{"site": NaN}',
        '{"elapsed_ms": ' + "9" * 5000 + "}",
        '{"elapsed_ms": 1e999}',
        '{"a": ' * 5000,
        "[" * 9000,
        '{"site": "a", "site": "b"}',
    ],
    ids=lambda text: text[:20] or "nothing",
)
def test_broken_json_is_refused(client: FlaskClient, site: Site, text: str) -> None:
    assert_refused(post(client, text), 400)


def test_bytes_that_are_not_utf_8_are_refused(client: FlaskClient, site: Site) -> None:
    assert_refused(post(client, b'{"site": "\xff\xfe"}'), 400)


def test_body_over_32_kib_is_refused(client: FlaskClient, site: Site) -> None:
    body = json.dumps(body_for(site)) + " " * 32 * 1024

    assert_refused(post(client, body), 413)


def test_other_media_types_are_refused(client: FlaskClient, site: Site) -> None:
    text = json.dumps(body_for(site))

    assert_refused(post(client, text, content_type="text/html"), 415)
    assert_refused(post(client, text, content_type="text/plain;charset=utf-16"), 415)


def test_compressed_body_is_refused(client: FlaskClient, site: Site) -> None:
    headers = {"Content-Encoding": "gzip"}

    assert_refused(post(client, b"\x1f\x8b", headers=headers), 415)


def test_wrong_method_says_which_is_right(client: FlaskClient, site: Site) -> None:
    answer = client.put("/api/v1/submissions")

    assert_refused(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_foreign_host_header_is_refused(client: FlaskClient, site: Site) -> None:
    answer = post(client, json.dumps(body_for(site)), base_url="http://evil.example")

    assert_refused(answer, 400)


def test_storage_that_is_gone_answers_503_and_when_to_retry(app: Flask, submit: Submit) -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE site_origin")
        connection.commit()

    answer = submit()

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.content_type == "application/problem+json"
