"""Assigning, correcting, noting and undoing over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, PASSWORD, Submit
from werkzeug.test import TestResponse

from server.database import write_transaction
from server.extensions import db
from server.models import Note, Report, Site
from server.reports.history import latest_events
from server.sites import add_member, add_user

ANN = "ann@news.example"
Work = Callable[..., TestResponse]


@pytest.fixture
def work(editor_client: FlaskClient, report: Report) -> Work:
    """Send one of the report's forms; the page that follows. ``version``: the present one."""

    def work(action: str, client: FlaskClient = editor_client, **form: object) -> TestResponse:
        answer = client.post(
            f"/reports/{report.public_id}/{action}",
            data={"version": report.version, **form},
            follow_redirects=True,
        )
        db.session.refresh(report)
        return answer

    return work


@pytest.fixture
def ann(app: Flask, editor_client: FlaskClient, site: Site) -> FlaskClient:
    """The browser of a second editor."""
    with write_transaction() as session:
        add_member(session, add_user(session, ANN, PASSWORD), session.get_one(Site, site.id))
    client = app.test_client()
    client.post("/login", data={"email": ANN, "password": PASSWORD})
    return client


def kinds(report: Report) -> list[str]:
    return [event.kind for event in latest_events(db.session(), report)]


class TestAssign:
    def test_editor_takes_a_report(self, work: Work, report: Report) -> None:
        page = work("take").text

        assert report.assignee is not None
        assert report.assignee.email == EDITOR
        assert "Taken: " in page
        assert f"Taken by {EDITOR}" in page
        assert 'data-key="a">Put back' in page

    def test_editor_gives_it_to_another_and_to_nobody(
        self, work: Work, report: Report, ann: FlaskClient
    ) -> None:
        assert f"Assigned to {ANN} by {EDITOR}" in work("assign", assignee=ANN).text
        assert report.assignee is not None
        assert report.assignee.email == ANN

        assert f"Given back by {EDITOR}" in work("assign", assignee="").text
        assert report.assignee is None

    def test_second_editor_learns_who_has_it(
        self, work: Work, report: Report, ann: FlaskClient
    ) -> None:
        work("take")

        for action in ("fixed", "assign", "take", "release"):
            page = work(action, ann, version=1, assignee=ANN).text
            assert f"Already taken by {EDITOR} just now" in page
            assert "Nothing was changed." in page
        assert report.status == "open"
        assert report.assignee is not None
        assert report.assignee.email == EDITOR

    def test_taking_it_twice_is_harmless(self, work: Work, report: Report) -> None:
        work("take")

        assert f"Already assigned to {EDITOR}" in work("take").text
        assert f"Already assigned to {EDITOR}" in work("assign", assignee=EDITOR).text
        assert kinds(report) == ["assigned", "opened"]

    @pytest.mark.parametrize("assignee", ["viewer@news.example", "nobody@news.example", "x"])
    def test_who_may_not_act_gets_nothing(
        self, work: Work, report: Report, site: Site, assignee: str
    ) -> None:
        with write_transaction() as session:
            viewer = add_user(session, "viewer@news.example", PASSWORD)
            add_member(session, viewer, session.get_one(Site, site.id), "viewer")

        answer = work("assign", assignee=assignee)

        assert answer.status_code == 400
        assert f"assignee: {assignee} may not act" in answer.text
        assert report.assignee is None


class TestCorrection:
    def test_editors_correction_stands_beside_the_readers(
        self, work: Work, report: Report, editor_client: FlaskClient
    ) -> None:
        page = work("correct", correction="  got ").text

        assert (report.correction, report.suggestion) == ("got", "receive")
        assert '<del data-said="deleted:">recieve</del><ins data-said="inserted:">got</ins>' in page
        assert "Readers suggest:" in page
        assert "Correction changed by " in page
        assert ">got</ins>" in editor_client.get("/").text

    def test_it_is_taken_away(self, work: Work, report: Report) -> None:
        work("correct", correction="got")

        for nothing in ("", "receive"):
            work("correct", correction="got")
            assert "Own correction taken away" in work("correct", correction=nothing).text
            assert report.correction == ""

    def test_of_two_who_correct_the_second_keeps_what_was_typed(
        self, work: Work, report: Report, ann: FlaskClient
    ) -> None:
        work("correct", correction="got")

        answer = work("correct", ann, correction="took in", version=1)

        assert answer.status_code == 409
        assert f"Correction changed by {EDITOR} just now" in answer.text
        assert "Nothing was changed." in answer.text
        assert ">took in</textarea>" in answer.text
        assert report.correction == "got"
        assert work("correct", ann, correction="took in").status_code == 200
        assert report.correction == "took in"

    def test_too_long_a_correction_is_kept_for_the_editor_alone(
        self, work: Work, report: Report
    ) -> None:
        answer = work("correct", correction="<" * 1_001)

        assert answer.status_code == 422
        assert ">must have at most 1,000 characters." in answer.text
        assert "&lt;" * 1_001 in answer.text
        assert report.correction == ""

    def test_the_same_correction_changes_nothing(self, work: Work, report: Report) -> None:
        assert work("correct", correction="receive").status_code == 200
        assert kinds(report) == ["opened"]


class TestNote:
    def test_note_is_shown_with_its_author(
        self, work: Work, ann: FlaskClient, report: Report
    ) -> None:
        work("note", note="Ask the <author> first.\r\nShe knows.")

        page = ann.get(f"/reports/{report.public_id}").text
        assert "Ask the &lt;author&gt; first.\nShe knows." in page
        assert f"Note by {EDITOR}" in page

    def test_note_is_stored_whatever_happened_meanwhile(
        self, work: Work, ann: FlaskClient, report: Report
    ) -> None:
        work("fixed")

        page = work("note", ann, note="I would wait", version=1).text

        assert f"Note added. Meanwhile: Already marked as fixed by {EDITOR} just now" in page
        assert db.session.scalars(select(Note.text)).all() == ["I would wait"]

    @pytest.mark.parametrize(
        ("note", "why"), [(" ", ">is empty."), ("x" * 2_001, ">must have at most 2,000")]
    )
    def test_what_is_no_note_is_not_stored(
        self, work: Work, report: Report, note: str, why: str
    ) -> None:
        answer = work("note", note=note)

        assert answer.status_code == 422
        assert why in answer.text
        assert f">{note}</textarea>" in answer.text
        assert db.session.scalars(select(Note)).all() == []

    def test_no_mail_and_no_reader_sees_it(
        self, work: Work, client: FlaskClient, submit: Submit
    ) -> None:
        work("note", note="between us")

        answer = submit()

        assert "between us" not in answer.text


class TestUndo:
    @pytest.mark.parametrize("action", ["fixed", "rejected", "spam"])
    def test_closed_report_is_open_again(self, work: Work, report: Report, action: str) -> None:
        work(action)

        assert "Undone: " in work("undo").text
        assert (report.status, report.resolved_at) == ("open", None)
        assert kinds(report) == ["reopened", action, "opened"]

    def test_it_goes_back_to_who_had_it(self, work: Work, report: Report, ann: FlaskClient) -> None:
        work("assign", assignee=ANN)
        work("assign", assignee=EDITOR)

        work("undo")

        assert report.assignee is not None
        assert report.assignee.email == ANN

    def test_former_correction_comes_back(self, work: Work, report: Report) -> None:
        work("correct", correction="got")
        work("correct", correction="took")

        work("undo")

        assert report.correction == "got"

    def test_nothing_is_undone_once_somebody_acted(
        self, work: Work, report: Report, ann: FlaskClient
    ) -> None:
        work("assign", assignee=EDITOR)
        work("fixed", ann)

        page = work("undo", version=2).text

        assert f"Already marked as fixed by {ANN} just now" in page
        assert report.status == "fixed"

    def test_nobody_undoes_what_another_did(
        self, work: Work, report: Report, ann: FlaskClient
    ) -> None:
        work("fixed")

        assert "There is nothing of yours to undo" in work("undo", ann).text
        assert report.status == "fixed"

    def test_an_untouched_report_has_nothing_to_undo(self, work: Work, report: Report) -> None:
        assert "There is nothing of yours to undo" in work("undo").text
        assert kinds(report) == ["opened"]
