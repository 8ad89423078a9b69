"""All reports of one page over HTTP."""

from __future__ import annotations

import pytest
from dashboard_pages import marked
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import Submit

from server.extensions import db
from server.models import Report

TEXT = (
    "The harbour was rebuild after the storm of last winter. Its walls are hihger now than they "
    "have ever been, and the fishermen recieve their mail at the old pier again."
)


@pytest.fixture
def reports(submit: Submit) -> dict[str, Report]:
    """Three reports of a page, not in the order of its text, and one of another."""
    for exact in ("recieve", "rebuild", "hihger"):
        at = TEXT.index(exact)
        submit(
            selector__exact=exact,
            selector__prefix=TEXT[max(0, at - 60) : at],
            selector__suffix=TEXT[at + len(exact) :][:60],
            passage__before="",
            passage__after="",
            suggestion="",
        )
    submit(selector__exact="elsewhere", page__url="https://news.example/other")
    return {each.exact: each for each in db.session.scalars(select(Report))}


def test_reports_stand_in_the_order_of_the_text(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    page = editor_client.get(f"/pages/{reports['recieve'].page_id}").text

    assert marked(page) == ["rebuild", "hihger", "recieve"]
    assert 'href="https://news.example/harbour"' in page


def test_after_an_action_the_next_of_the_text_is_named(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    def fix(exact: str) -> str:
        answer = editor_client.post(
            f"/reports/{reports[exact].public_id}/fixed",
            data={"version": reports[exact].version, "from": "page"},
        )
        return answer.location.removeprefix(f"/pages/{reports[exact].page_id}")

    assert fix("hihger") == f"#report-{reports['recieve'].public_id}"
    assert fix("recieve") == f"#report-{reports['rebuild'].public_id}"
    assert fix("rebuild") == ""


def test_closed_ones_are_shown_on_demand(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    report = reports["hihger"]
    editor_client.post(f"/reports/{report.public_id}/fixed", data={"version": 1})

    address = f"/pages/{report.page_id}"
    assert marked(editor_client.get(address).text) == ["rebuild", "recieve"]
    assert marked(editor_client.get(f"{address}?view=all").text) == ["rebuild", "hihger", "recieve"]


def test_report_names_the_others_of_its_page(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    page = editor_client.get(f"/reports/{reports['hihger'].public_id}").text

    others = page.split("Also open on this page", 1)[1].split("All reports of this page", 1)[0]
    assert "rebuild" in others
    assert "recieve" in others
    assert "elsewhere" not in others


def test_unknown_page_is_not_found(editor_client: FlaskClient) -> None:
    assert editor_client.get("/pages/4711").status_code == 404
    assert editor_client.get(f"/pages/{2**70}").status_code == 404
