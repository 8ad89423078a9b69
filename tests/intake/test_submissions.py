"""The public endpoint: what it stores, what it answers, what it refuses."""

from __future__ import annotations

import io
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from refusals import post, stored
from sqlalchemy import select
from submissions import ORIGIN, PAGE_URL, Submit, body_for

from server.extensions import db
from server.models import Delivery, Page, Report, Site, Submission


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
    others = []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            """Another reader sends, whole, while this one's body is still to come."""
            if not others:
                another = body_for(site, selector__exact="seperate", suggestion="separate")
                others.append(app.test_client().post("/api/v1/submissions", json=another))
            return super().read(size)

    answer = client.post(
        "/api/v1/submissions",
        input_stream=Slow(json.dumps(body_for(site)).encode()),
        content_type="text/plain",
        headers={"Origin": ORIGIN},
    )

    assert answer.status_code == 201, answer.text
    assert [other.status_code for other in others] == [201]


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
