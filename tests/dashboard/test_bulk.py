"""One action on many reports over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import PASSWORD, Submit
from werkzeug.test import TestResponse

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import BulkAction, Membership, Report
from server.reports import bulk
from server.reports.bulk import work_on_bulk_actions
from server.sites import add_site, add_user

WORDS = ("accomodate", "begining", "concensus", "definately")

Send = Callable[..., TestResponse]


@pytest.fixture
def reports(submit: Submit) -> Sequence[Report]:
    for number, exact in enumerate(WORDS):
        submit(selector__exact=exact, page__url=f"https://news.example/{number}")
    return db.session.scalars(select(Report).order_by(Report.id)).all()


@pytest.fixture
def send(editor_client: FlaskClient) -> Send:
    def send(address: str, **form: object) -> TestResponse:
        return editor_client.post(address, data=form, follow_redirects=True)

    return send


def chosen(reports: Sequence[Report]) -> list[str]:
    return [f"{report.public_id}.{report.version}" for report in reports]


def statuses(reports: Sequence[Report]) -> list[str]:
    db.session.rollback()
    return [report.status for report in reports]


def undo_address(page: str) -> str:
    found = re.search(r'action="(/bulk/[^"]+/undo)"', page)
    assert found, "the page offers to undo it"
    return found[1]


def test_selected_reports_are_closed_at_once(send: Send, reports: Sequence[Report]) -> None:
    page = send("/bulk/fixed", chosen=chosen(reports[:3])).text

    assert "3 reports marked as fixed." in page
    assert statuses(reports) == ["fixed", "fixed", "fixed", "open"]


def test_they_are_undone_together(send: Send, reports: Sequence[Report]) -> None:
    page = send("/bulk/spam", chosen=chosen(reports[:3])).text
    send(f"/reports/{reports[0].public_id}/reopen", version=2)

    page = send(undo_address(page)).text

    assert "2 reports are as they were before." in page
    assert "1 was left alone" in page
    assert statuses(reports) == ["open"] * 4


def test_what_changed_meanwhile_is_told(send: Send, reports: Sequence[Report]) -> None:
    seen = chosen(reports)
    send(f"/reports/{reports[0].public_id}/rejected", version=1)

    page = send("/bulk/fixed", chosen=seen).text

    assert "3 reports marked as fixed." in page
    assert "1 was left alone: somebody changed it meanwhile." in page


def test_whole_filter(send: Send, reports: Sequence[Report]) -> None:
    page = send("/bulk/take", whole="1", page="https://news.example/1", seen=now().isoformat()).text

    assert "1 report taken." in page
    assert [report.assignee_id is not None for report in reports] == [False, True, False, False]


def test_what_came_later_is_not_meant(
    send: Send, reports: Sequence[Report], submit: Submit
) -> None:
    moment = now().isoformat()
    submit(selector__exact="embarass", page__url="https://news.example/late")

    send("/bulk/fixed", whole="1", seen=moment)

    db.session.rollback()
    fixed = db.session.scalars(select(Report.exact).where(Report.status == "fixed"))
    assert set(fixed) == set(WORDS)


def test_leads_back_to_where_the_work_goes_on(
    editor_client: FlaskClient, reports: Sequence[Report]
) -> None:
    form = {"chosen": chosen(reports[:2]), "view": "all"}
    following = str(reports[2].public_id)

    def back(**more: object) -> str | None:
        return editor_client.post("/bulk/take", data={**form, **more}).location

    assert back(next=following) == f"/?view=all#report-{following}"
    assert back(next="nonsense") == "/?view=all#main"
    page = reports[0].page_id
    assert back(**{"from": "page", "page": page}) == f"/pages/{page}?view=all#main"


def test_all_reports_of_a_page(send: Send, reports: Sequence[Report]) -> None:
    answer = send("/bulk/rejected", whole="1", page=reports[2].page_id, **{"from": "page"})

    assert answer.request.path == f"/pages/{reports[2].page_id}"
    assert statuses(reports) == ["open", "open", "rejected", "open"]


class TestByAWorker:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bulk, "SMALL", 3)
        monkeypatch.setattr(bulk, "BATCH", 2)

    def test_page_shows_how_far_it_is(
        self, send: Send, reports: Sequence[Report], editor_client: FlaskClient
    ) -> None:
        answer = send("/bulk/fixed", chosen=chosen(reports))
        address = answer.request.path
        assert "0 of 4" in answer.text
        assert f'hx-get="{address}"' in answer.text

        work_on_bulk_actions(1)
        part = editor_client.get(address, headers={"HX-Request": "true"}).text
        assert "2 of 4" in part
        assert "<html" not in part

        work_on_bulk_actions()
        page = editor_client.get(address).text
        assert "4 reports marked as fixed." in page
        assert "hx-get" not in page
        assert "Undo all of it" in page

    def test_it_is_stopped(self, send: Send, reports: Sequence[Report]) -> None:
        address = send("/bulk/fixed", chosen=chosen(reports)).request.path
        work_on_bulk_actions(1)

        page = send(f"{address}/cancel").text
        work_on_bulk_actions()

        assert "It was stopped; the others are as they were." in page
        assert statuses(reports) == ["fixed", "fixed", "open", "open"]

    def test_it_is_undone(self, send: Send, reports: Sequence[Report]) -> None:
        address = send("/bulk/fixed", chosen=chosen(reports)).request.path
        work_on_bulk_actions()

        answer = send(f"{address}/undo")
        work_on_bulk_actions()

        assert answer.request.path != address
        assert statuses(reports) == ["open"] * 4
        assert "Then it was undone." in send(f"{address}/cancel").text


def test_nothing_selected_changes_nothing(send: Send, reports: Sequence[Report]) -> None:
    assert "No report was selected. Nothing was changed." in send("/bulk/fixed").text
    assert statuses(reports) == ["open"] * 4


@pytest.mark.parametrize("value", ["x", "1.1", "0198c0de-0000-7000-8000-000000000000.x"])
def test_what_names_no_report_is_refused(send: Send, value: str) -> None:
    assert send("/bulk/fixed", chosen=value).status_code == 400


def test_only_reports_of_own_sites_with_the_right_to_act(
    send: Send, reports: Sequence[Report]
) -> None:
    with write_transaction() as session:
        other = add_site(session, "Elsewhere", ["https://elsewhere.example"])
        session.get_one(Report, reports[0].id).site_id = other.id

    assert "3 reports marked as fixed." in send("/bulk/fixed", chosen=chosen(reports)).text
    assert statuses(reports) == ["open", "fixed", "fixed", "fixed"]


def test_viewer_may_not(send: Send, reports: Sequence[Report]) -> None:
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "viewer"

    assert send("/bulk/fixed", chosen=chosen(reports)).status_code == 403
    assert send("/bulk/fixed", whole="1").status_code == 403
    assert statuses(reports) == ["open"] * 4


def test_nobody_sees_or_undoes_what_another_asked_for(
    app: Flask, send: Send, reports: Sequence[Report]
) -> None:
    send("/bulk/fixed", chosen=chosen(reports))
    address = f"/bulk/{db.session.scalars(select(BulkAction.public_id)).one()}"
    with write_transaction() as session:
        add_user(session, "ann@news.example", PASSWORD)
    ann = app.test_client()
    ann.post("/login", data={"email": "ann@news.example", "password": PASSWORD})

    assert ann.get(address).status_code == 404
    for step in ("cancel", "undo"):
        assert ann.post(f"{address}/{step}").status_code == 404
    assert statuses(reports) == ["fixed"] * 4


def test_form_without_its_token_changes_nothing(
    app: Flask, editor_client: FlaskClient, reports: Sequence[Report]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = editor_client.post("/bulk/fixed", data={"chosen": chosen(reports)})

    assert answer.status_code == 400
    assert statuses(reports) == ["open"] * 4


@pytest.mark.parametrize("version", ["9" * 30, "-1", "2147483648", "soon"])
def test_version_that_is_none_is_refused(
    editor_client: FlaskClient, reports: Sequence[Report], version: str
) -> None:
    form = {"chosen": f"{reports[0].public_id}.{version}"}

    assert editor_client.post("/bulk/fixed", data=form).status_code == 400
    assert statuses(reports) == ["open"] * len(WORDS)


@pytest.mark.parametrize("page", ["9" * 30, "-" + "9" * 30, "none"])
def test_page_that_is_none_is_not_found(editor_client: FlaskClient, page: str) -> None:
    form = {"from": "page", "whole": "1", "page": page}

    assert editor_client.post("/bulk/fixed", data=form).status_code == 404
