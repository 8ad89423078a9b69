"""Actions that scripts take within a list, and what they get."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from submissions import EDITOR

from server.extensions import db
from server.models import Report

Press = Callable[..., str]


@pytest.fixture
def press(editor_client: FlaskClient, report: Report) -> Press:
    def press(action: str, **form: object) -> str:
        answer = editor_client.post(
            f"/reports/{report.public_id}/{action}",
            data={"version": report.version, "from": "queue", **form},
            headers={"HX-Request": "true"},
        )
        assert answer.status_code == 200
        db.session.refresh(report)
        return answer.text

    return press


def test_closed_report_leaves_a_line_that_says_so(press: Press, report: Report) -> None:
    part = press("fixed")

    assert report.status == "fixed"
    assert part.lstrip().startswith(f'<li class="row done" id="report-{report.public_id}"')
    assert f"Marked as fixed by {EDITOR}" in part
    assert f'formaction="/reports/{report.public_id}/undo" hx-post' in part
    assert "<html" not in part


def test_what_is_told_comes_with_it(press: Press, editor_client: FlaskClient) -> None:
    part = press("fixed")

    notices = part.split('<div id="notices" hx-swap-oob="innerHTML">', 1)[1]
    assert "Marked as fixed: " in notices
    assert "Undo" in notices
    # It is said once.
    assert "Marked as fixed: " not in editor_client.get("/").text


def test_counts_of_the_views_come_with_it(press: Press) -> None:
    views = press("fixed").split('<nav class="views" id="views" hx-swap-oob="true"', 1)[1]

    assert re.findall(r'class="count">(\d+)', views) == ["0", "0", "0", "1", "0", "0", "1"]


def test_undone_report_is_a_row_again(press: Press, report: Report) -> None:
    press("fixed")

    part = press("undo")

    assert report.status == "open"
    assert f'<li class="row" id="report-{report.public_id}"' in part
    assert f'name="version" value="{report.version}" data-key="f"' in part


def test_taken_report_stays_with_who_has_it(press: Press) -> None:
    part = press("take")

    assert 'class="row" ' in part
    assert "yours" in part
    assert "Put back" in part


def test_taken_report_does_not_wait_any_more(press: Press) -> None:
    assert 'class="row done"' in press("take", view="waiting")


def test_second_editor_gets_the_row_as_it_is_now(press: Press, report: Report) -> None:
    press("take")

    part = press("fixed", version=1)

    assert "Already taken by you just now" in part
    assert 'class="row" ' in part
    assert report.status == "open"


def test_list_of_all_keeps_the_row(press: Press) -> None:
    assert 'class="row" ' in press("fixed", view="all")
    assert 'class="row" ' in press("reopen", **{"from": "page", "view": "all"})


def test_page_view_is_named_in_what_undoes(press: Press, report: Report) -> None:
    part = press("fixed", **{"from": "page"})

    assert 'class="row done"' in part
    assert 'name="from" value="page"' in part


def test_report_page_is_loaded_anew(editor_client: FlaskClient, report: Report) -> None:
    answer = editor_client.post(
        f"/reports/{report.public_id}/fixed",
        data={"version": 1, "from": "report"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 303
