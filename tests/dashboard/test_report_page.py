"""The page of one report over HTTP."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, Submit, close_long_ago

from server.extensions import db
from server.models import Report
from server.reports import history


def test_shows_passage_correction_and_the_way_to_the_words(
    editor_client: FlaskClient, report: Report
) -> None:
    page = editor_client.get(f"/reports/{report.public_id}").text

    assert "The council has begun to <mark>recieve</mark> letters." in page
    assert '<del data-said="deleted:">recieve</del><ins data-said="inserted:">receive</ins>' in page
    assert 'href="https://news.example/harbour#:~:text=recieve"' in page
    assert "In the second paragraph" in page


def test_shows_each_submission_newest_first(
    editor_client: FlaskClient, report: Report, submit: Submit
) -> None:
    submit(comment="It is wrong indeed", suggestion="take in")
    submit(suggestion="")

    page = editor_client.get(f"/reports/{report.public_id}").text

    assert "What 3 readers sent" in page
    assert page.index("no correction, no comment") < page.index("It is wrong indeed")
    assert page.index("It is wrong indeed") < page.index("In the second paragraph")
    assert "take in</ins>" in page


def test_many_submissions_are_cut_and_that_is_said(
    editor_client: FlaskClient,
    report: Report,
    submit: Submit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "MAX_SUBMISSIONS", 2)
    for number in range(3):
        submit(comment=f"reader {number}")

    page = editor_client.get(f"/reports/{report.public_id}").text

    assert "The latest 2 are shown." in page
    assert "reader 2" in page
    assert "reader 0" not in page


def test_history_tells_who_did_what(
    editor_client: FlaskClient, report: Report, act: Callable[..., str], submit: Submit
) -> None:
    act("fixed")
    close_long_ago()
    submit()

    page = editor_client.get(f"/reports/{report.public_id}").text

    entries = re.findall(r"<li><p>\s*([^<]*?)\s*</p>", page.split("History and notes", 1)[1])
    assert entries == [
        "Opened again by a reader",
        f"Marked as fixed by {EDITOR}",
        "Reported by a reader",
    ]


def test_neighbours_are_the_open_reports_around_it(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for exact in ("oldest", "middle", "newest"):
        submit(selector__exact=exact)
    reports = {each.exact: each for each in db.session.scalars(select(Report))}

    def links(exact: str) -> dict[str, str]:
        page = editor_client.get(f"/reports/{reports[exact].public_id}").text
        found = re.findall(r'href="/reports/([^"]+)"[^>]*>(Newer|Older)<', page)
        return {name: address for address, name in found}

    assert links("middle") == {
        "Newer": str(reports["newest"].public_id),
        "Older": str(reports["oldest"].public_id),
    }
    assert set(links("newest")) == {"Older"}
    assert set(links("oldest")) == {"Newer"}


def test_neighbours_are_those_of_the_list_one_came_from(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for exact in ("oldest", "middle", "newest"):
        submit(selector__exact=exact)
    reports = {each.exact: each for each in db.session.scalars(select(Report))}
    middle = reports["middle"]
    editor_client.post(f"/reports/{reports['oldest'].public_id}/take", data={"version": 1})
    editor_client.post(f"/reports/{middle.public_id}/take", data={"version": 1})

    row = editor_client.get("/?view=mine&sort=oldest").text
    address = f"/reports/{middle.public_id}?view=mine&sort=oldest"
    page = editor_client.get(address).text

    assert address.replace("&", "&amp;") in row
    assert f'href="/reports/{reports["oldest"].public_id}?view=mine&amp;sort=oldest"' in page
    assert "Previous" in page
    assert 'rel="next"' not in page
    assert f'href="/?view=mine&amp;sort=oldest#report-{middle.public_id}"' in page
    back = editor_client.post(
        f"/reports/{middle.public_id}/note",
        data={"version": 2, "note": "Hm", "view": "mine", "sort": "oldest"},
    )
    assert back.location == f"{address}#notes"


def test_way_back_leads_to_the_neighbour_of_what_was_decided(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for exact in ("oldest", "middle", "newest"):
        submit(selector__exact=exact)
    reports = {each.exact: each.public_id for each in db.session.scalars(select(Report))}
    editor_client.post(f"/reports/{reports['middle']}/fixed", data={"version": 1})

    page = editor_client.get(f"/reports/{reports['middle']}").text

    assert f'href="/#report-{reports["oldest"]}"' in page
    closed = editor_client.get(f"/reports/{reports['middle']}?view=fixed").text
    assert f'href="/?view=fixed#report-{reports["middle"]}"' in closed


def test_unknown_report_is_not_found(editor_client: FlaskClient) -> None:
    assert editor_client.get(f"/reports/{uuid.uuid4()}").status_code == 404
    assert editor_client.get("/reports/1").status_code == 404


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=400), "1 year ago"),
        # Another machine's clock may be ahead.
        (timedelta(minutes=-5), "just now"),
    ],
)
def test_age_in_words(passed: timedelta, words: str) -> None:
    from server.clock import now
    from server.language import ago

    assert ago(now() - passed) == words
