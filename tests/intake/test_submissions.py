"""The public endpoint: what it stores, what it answers, what it refuses."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from submissions import ORIGIN, PAGE_URL, Submit, body_for
from werkzeug.test import TestResponse

from server.extensions import db
from server.models import Delivery, Event, Page, Report, Site, Submission


def stored() -> tuple[int, ...]:
    """How many pages, reports, submissions, events and deliveries there are."""
    db.session.rollback()
    return tuple(
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Page, Report, Submission, Event, Delivery)
    )


def post(client: FlaskClient, data: bytes | str, **options: Any) -> TestResponse:
    options.setdefault("content_type", "text/plain;charset=UTF-8")
    options.setdefault("headers", {"Origin": ORIGIN})
    return client.post("/api/v1/submissions", data=data, **options)


def assert_problem(answer: TestResponse, status: int, field: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["status"] == status
    assert problem["title"]
    assert problem["type"].startswith("/problems/")
    if field:
        assert field in [error["field"] for error in problem["errors"]]
        assert all(error["message"] for error in problem["errors"])
    assert stored() == (0, 0, 0, 0, 0)


def test_first_submission_opens_a_report(submit: Submit) -> None:
    answer = submit(comment="Second paragraph")

    assert answer.status_code == 201
    assert answer.json["status"] == "new"
    assert answer.json["readers"] == 1
    report = db.session.scalars(select(Report)).one()
    assert (report.exact, report.suggestion, report.status) == ("recieve", "receive", "open")
    assert report.page.url == PAGE_URL
    assert report.submissions[0].comment == "Second paragraph"
    assert [event.kind for event in report.events] == ["opened"]


def test_nobody_waits_for_one_whose_body_has_not_come(
    app: Flask, client: FlaskClient, site: Site
) -> None:
    waited_for = []

    class Slow(io.BytesIO):
        def readinto(self, buffer: Any, /) -> int:
            """Notes for how many those who write would wait meanwhile."""
            waited_for.append(app.extensions["records"]._coming)
            return super().readinto(buffer)

    answer = client.post(
        "/api/v1/submissions",
        input_stream=Slow(json.dumps(body_for(site)).encode()),
        content_type="text/plain",
        headers={"Origin": ORIGIN},
    )

    assert answer.status_code == 201, answer.text
    assert waited_for
    assert not any(waited_for)


@pytest.mark.parametrize(
    ("position", "kept"),
    [
        ({"start": 1234, "of": 20000}, (1234, 20000)),
        ({"start": -12, "of": 0, "end": 1241}, (-12, 0)),
        (None, (None, None)),
    ],
)
def test_where_the_selection_stands_is_kept(
    submit: Submit, position: object, kept: tuple[int | None, int | None]
) -> None:
    assert submit(selector__position=position).status_code == 201

    report = db.session.scalars(select(Report)).one()
    assert (report.position, report.text_length) == kept
    assert (report.submissions[0].position, report.submissions[0].text_length) == kept


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
    assert_problem(submit(selector__position=position), 422, f"selector.position.{field}")


@pytest.mark.parametrize("position", [12, "12", [], [{"start": 1, "of": 2}]])
def test_position_of_another_type_is_named(submit: Submit, position: object) -> None:
    assert_problem(submit(selector__position=position), 422, "selector.position")


def test_second_report_of_same_place_joins_the_first(submit: Submit) -> None:
    submit()

    answer = submit(comment="me too")

    assert answer.status_code == 200
    assert answer.json["status"] == "known"
    assert answer.json["readers"] == 2
    report = db.session.scalars(select(Report)).one()
    assert len(report.submissions) == 2
    assert [event.kind for event in report.events] == ["opened", "joined"]


def test_joining_owes_no_second_mail(submit: Submit) -> None:
    submit()
    submit()

    assert stored() == (1, 1, 2, 2, 1)


def test_deliveries_are_stored_with_the_report(submit: Submit) -> None:
    submit()

    delivery = db.session.scalars(select(Delivery)).one()
    assert delivery.recipient == "editor@news.example"
    assert delivery.state == "queued"


def test_same_word_elsewhere_on_the_page_is_another_report(submit: Submit) -> None:
    submit()

    answer = submit(selector__prefix="nobody wants to ", selector__suffix=" bad news")

    assert answer.status_code == 201
    assert stored()[:2] == (1, 2)


def test_tracking_parameters_do_not_make_another_page(submit: Submit) -> None:
    submit(page__url=f"{PAGE_URL}?utm_source=mail#top")

    assert submit().json["readers"] == 2


def test_canonical_address_names_the_page(submit: Submit) -> None:
    submit(page__url=f"{PAGE_URL}?print=1", page__canonical=PAGE_URL)

    assert submit().json["readers"] == 2


def test_canonical_address_elsewhere_is_not_believed(submit: Submit) -> None:
    submit(page__canonical="https://elsewhere.example/")

    assert db.session.scalars(select(Page.url)).one() == PAGE_URL


def test_repeated_key_gets_the_first_answer_and_stores_nothing(submit: Submit) -> None:
    first = submit(idempotency_key="the-same-key-0123456789")
    submit()

    again = submit(idempotency_key="the-same-key-0123456789")

    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert stored()[2] == 2


def test_changed_body_under_a_known_key_gets_the_first_answer_and_stores_nothing(
    submit: Submit,
) -> None:
    key = "the-same-key-0123456789"
    first = submit(idempotency_key=key)
    before = stored()

    elsewhere = submit(idempotency_key=key, page__url=f"{ORIGIN}/ferry", selector__exact="teh")
    longer = submit(idempotency_key=key, suggestion="received", comment="One word more.")

    assert [(each.status_code, each.json) for each in (elsewhere, longer)] == [
        (first.status_code, first.json)
    ] * 2
    assert stored() == before


def test_closed_report_opens_again_when_it_is_reported_again(submit: Submit) -> None:
    submit()
    report = db.session.scalars(select(Report)).one()
    report.status = "fixed"
    db.session.commit()

    answer = submit()

    assert answer.json["status"] == "known"
    db.session.refresh(report)
    assert report.status == "open"
    assert [event.kind for event in report.events] == ["opened", "reopened"]
    assert stored()[4] == 2, "the editor hears of it again"


def test_answer_can_be_read_by_any_page(submit: Submit) -> None:
    assert submit().headers["Access-Control-Allow-Origin"] == "*"
    assert submit(origin="https://evil.example").headers["Access-Control-Allow-Origin"] == "*"


def test_answer_sets_no_cookie(submit: Submit) -> None:
    answer = submit()

    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_html_is_kept_as_text(submit: Submit) -> None:
    assert submit(comment="<script>alert(1)</script>").status_code == 201
    assert db.session.scalars(select(Submission.comment)).one() == "<script>alert(1)</script>"


def test_application_json_is_taken_too(client: FlaskClient, site: Site) -> None:
    answer = post(client, json.dumps(body_for(site)), content_type="application/json")

    assert answer.status_code == 201


def test_unknown_fields_are_ignored(submit: Submit) -> None:
    assert submit(from_the_future={"a": [1]}).status_code == 201


def test_unknown_site_is_named(submit: Submit) -> None:
    assert_problem(submit(site="ck_nobody"), 404, "site")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://news.example"])
def test_wrong_origin_is_refused(submit: Submit, origin: str) -> None:
    assert_problem(submit(origin=origin), 403, "Origin")


def test_page_of_another_site_is_refused(submit: Submit) -> None:
    assert_problem(submit(origin=None, page__url="https://evil.example/x"), 403, "page.url")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/harbour", ""]
)
def test_page_address_must_be_http(submit: Submit, address: str) -> None:
    assert_problem(submit(page__url=address), 422, "page.url")


@pytest.mark.parametrize("exact", ["", "   ", "\u200b", "\u00a0\n"])
def test_empty_selection_is_refused(submit: Submit, exact: str) -> None:
    assert_problem(submit(selector__exact=exact), 422, "selector.exact")


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
    assert_problem(submit(**{path: "a" * length}), 422, field)


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
    assert_problem(submit(**{path: bad}), 422, field)


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
    assert_problem(submit(**{path: value}), 422, field)


def test_missing_field_is_named(client: FlaskClient, site: Site) -> None:
    body = body_for(site)
    del body["selector"]["exact"]

    assert_problem(post(client, json.dumps(body)), 422, "selector.exact")


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
    assert_problem(post(client, text), 400)


def test_bytes_that_are_not_utf_8_are_refused(client: FlaskClient, site: Site) -> None:
    assert_problem(post(client, b'{"site": "\xff\xfe"}'), 400)


def test_body_over_32_kib_is_refused(client: FlaskClient, site: Site) -> None:
    body = json.dumps(body_for(site)) + " " * 32 * 1024

    assert_problem(post(client, body), 413)


def test_other_media_types_are_refused(client: FlaskClient, site: Site) -> None:
    text = json.dumps(body_for(site))

    assert_problem(post(client, text, content_type="text/html"), 415)
    assert_problem(post(client, text, content_type="text/plain;charset=utf-16"), 415)


def test_compressed_body_is_refused(client: FlaskClient, site: Site) -> None:
    headers = {"Origin": ORIGIN, "Content-Encoding": "gzip"}

    assert_problem(post(client, b"\x1f\x8b", headers=headers), 415)


def test_wrong_method_says_which_is_right(client: FlaskClient, site: Site) -> None:
    answer = client.put("/api/v1/submissions")

    assert_problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_foreign_host_header_is_refused(client: FlaskClient, site: Site) -> None:
    answer = post(client, json.dumps(body_for(site)), base_url="http://evil.example")

    assert_problem(answer, 400)


def test_storage_that_is_gone_answers_503_and_when_to_retry(app: Flask, submit: Submit) -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE site_origin")
        connection.commit()

    answer = submit()

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.content_type == "application/problem+json"
