"""Corrections and notes that scripts write within the row of a list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR
from werkzeug.test import TestResponse

from server.database import write_transaction
from server.extensions import db
from server.models import Note, Report, User
from server.reports.resolution import resolve

SCRIPT = {"HX-Request": "true"}
Write = Callable[..., TestResponse]


@pytest.fixture
def write(editor_client: FlaskClient, report: Report) -> Write:
    def write(action: str, **form: object) -> TestResponse:
        answer = editor_client.post(
            f"/reports/{report.public_id}/{action}",
            data={"version": report.version, "from": "queue", **form},
            headers=SCRIPT,
        )
        db.session.refresh(report)
        return answer

    return write


@pytest.fixture
def fixed_meanwhile(report: Report) -> None:
    with write_transaction() as session:
        editor = session.scalars(select(User).where(User.email == EDITOR)).one()
        resolve(session, report, "fixed", version=report.version, actor=editor, source="dashboard")


def form_of(client: FlaskClient, report: Report, what: str, query: str) -> TestResponse:
    return client.get(f"/reports/{report.public_id}/{what}/form?{query}", headers=SCRIPT)


def test_form_of_a_correction_has_what_it_now_reads(
    editor_client: FlaskClient, report: Report
) -> None:
    part = form_of(editor_client, report, "correct", "from=queue&view=waiting&q=recieve").text

    assert part.lstrip().startswith('<form class="write"')
    assert ">receive</textarea>" in part
    assert f'name="version" value="{report.version}"' in part
    # The list goes along, so that the row that comes back belongs to it.
    for field in ('name="view" value="waiting"', 'name="q" value="recieve"'):
        assert field in part


def test_form_of_a_note_is_empty(editor_client: FlaskClient, report: Report) -> None:
    part = form_of(editor_client, report, "note", "from=page&view=all").text

    assert 'name="note"' in part
    assert "></textarea>" in part
    assert 'name="from" value="page"' in part
    assert 'name="view" value="all"' in part


def test_without_scripts_it_is_on_the_reports_page(
    editor_client: FlaskClient, report: Report
) -> None:
    answer = editor_client.get(f"/reports/{report.public_id}/correct/form?view=waiting")

    assert answer.status_code == 303
    assert answer.location == f"/reports/{report.public_id}?view=waiting#correction-text"


def test_row_leads_to_both_forms(editor_client: FlaskClient, report: Report) -> None:
    row = editor_client.get("/?view=waiting").text

    for what, anchor in (("correct", "correction-text"), ("note", "note")):
        link = re.search(rf'<a href="([^"]+)" data-key="." data-writes="{what}" ([^>]+)>', row)
        assert link, what
        assert link[1] == f"/reports/{report.public_id}?view=waiting#{anchor}"
        assert f"/reports/{report.public_id}/{what}/form?view=waiting&amp;from=queue" in link[2]


def test_saved_correction_is_in_the_row_that_comes_back(write: Write, report: Report) -> None:
    answer = write("correct", correction="to receive")

    assert answer.status_code == 200
    assert report.correction == "to receive"
    assert f'<li class="row" id="report-{report.public_id}"' in answer.text
    assert "to receive</ins>" in answer.text
    assert '<form class="write"' not in answer.text
    assert "Correction changed: " in answer.text
    assert 'data-key="u">Undo' in answer.text


def test_same_correction_changes_nothing(write: Write, report: Report) -> None:
    answer = write("correct", correction="receive")

    assert answer.status_code == 200
    assert report.version == 1
    assert '<form class="write"' not in answer.text


def test_note_is_counted_in_the_row_that_comes_back(write: Write) -> None:
    answer = write("note", note="Ask the author")

    assert db.session.scalars(select(Note.text)).all() == ["Ask the author"]
    assert "1 note<" in answer.text
    assert "Note added: " in answer.text


@pytest.mark.usefixtures("fixed_meanwhile")
def test_note_is_stored_whatever_happened_meanwhile(write: Write) -> None:
    answer = write("note", version=1, note="Ask the author")

    assert answer.status_code == 200
    assert "Note added. Meanwhile: Already marked as fixed by" in answer.text


@pytest.mark.usefixtures("fixed_meanwhile")
def test_words_of_the_slower_editor_are_kept_in_the_row(write: Write, report: Report) -> None:
    answer = write("correct", version=1, correction="to receive")

    assert answer.status_code == 409
    assert report.correction == ""
    # The report is closed by now, but what was typed has a place.
    assert '<li class="row" ' in answer.text
    assert ">to receive</textarea>" in answer.text
    assert "Already marked as fixed by you just now, so nothing was saved yet." in answer.text
    assert 'aria-invalid="true"' in answer.text

    again = write("correct", correction="to receive")

    assert again.status_code == 200
    assert report.correction == "to receive"
    assert '<li class="row done" ' in again.text


@pytest.mark.parametrize(
    ("action", "form", "told"),
    [
        ("correct", {"correction": "x" * 1_001}, "must have at most 1,000 characters"),
        ("note", {"note": " "}, "is empty"),
        ("note", {"note": "x" * 2_001}, "must have at most 2,000 characters"),
    ],
)
def test_what_cannot_be_stored_is_kept_in_the_row(
    write: Write, report: Report, action: str, form: dict[str, str], told: str
) -> None:
    answer = write(action, **form)

    assert answer.status_code == 422
    assert told in answer.text
    assert f"{form.get('correction') or form['note']}</textarea>" in answer.text
    assert report.version == 1
    assert db.session.scalars(select(Note)).all() == []


def test_correction_on_the_pages_view(write: Write, report: Report) -> None:
    answer = write("correct", correction="to receive", **{"from": "page"})

    assert f'<li class="row" id="report-{report.public_id}"' in answer.text
    assert 'name="from" value="page"' in answer.text
