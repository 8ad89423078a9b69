"""What the queue tells of reports that came since its page was made."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from dashboard_pages import marked
from flask.testing import FlaskClient
from sqlalchemy import update
from submissions import Submit, close_long_ago

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import Report, User
from server.reports.resolution import resolve


def where_to_ask(page: str) -> str:
    found = re.search(r'id="news"[^>]* data-ask="([^"]+)"', page)
    assert found, "the page asks for news"
    return unescape(found[1])


def test_nothing_new_is_an_empty_answer(editor_client: FlaskClient, report: Report) -> None:
    ask = where_to_ask(editor_client.get("/").text)

    answer = editor_client.get(ask)

    assert (answer.status_code, answer.text) == (204, "")


def test_new_reports_are_counted_and_put_on_top(
    editor_client: FlaskClient, report: Report, submit: Submit
) -> None:
    ask = where_to_ask(editor_client.get("/").text)
    submit(selector__exact="harbor")
    submit(selector__exact="ferry")

    bar = editor_client.get(ask).text
    rows = editor_client.get(unescape(re.findall('hx-get="([^"]+)"', bar)[0])).text

    assert "2 new reports" in bar
    assert marked(rows) == ["ferry", "harbor"]
    assert re.findall(r'class="count">(\d+)', rows)[0] == "3"
    # What is asked next begins after them.
    assert editor_client.get(where_to_ask(rows)).status_code == 204
    submit(selector__exact="moorings")
    assert "1 new report " in editor_client.get(where_to_ask(rows)).text


def test_reader_who_joins_is_no_news(
    editor_client: FlaskClient, report: Report, submit: Submit
) -> None:
    with write_transaction() as session:
        session.execute(update(Report).values(first_submitted_at=now() - timedelta(days=1)))
    ask = where_to_ask(editor_client.get("/").text)
    submit(comment="Me too")

    assert editor_client.get(ask).status_code == 204


def test_report_that_a_reader_opens_again_is_news(
    editor_client: FlaskClient, report: Report, submit: Submit
) -> None:
    with write_transaction() as session:
        resolve(session, report, "fixed", version=1, actor=None, source="api")
        session.execute(update(Report).values(first_submitted_at=now() - timedelta(days=9)))
    close_long_ago()
    ask = where_to_ask(editor_client.get("/").text)
    submit()

    assert "1 new report " in editor_client.get(ask).text


def test_news_are_of_the_view_and_its_filter(
    editor_client: FlaskClient, report: Report, submit: Submit, editor: User
) -> None:
    asked = {
        query: where_to_ask(editor_client.get(f"/?{query}").text)
        for query in ("view=waiting", "view=all&author=Ann", "author=Ben", "view=spam")
    }
    submit(selector__exact="harbor", page__author="Ann")

    answers = {query: editor_client.get(ask).status_code for query, ask in asked.items()}

    assert answers == {
        "view=waiting": 200,
        "view=all&author=Ann": 200,
        "author=Ben": 204,
        "view=spam": 204,
    }


@pytest.mark.parametrize("query", ["view=mine", "view=fixed", "view=rejected"])
def test_views_that_readers_send_nothing_to_do_not_ask(
    editor_client: FlaskClient, report: Report, query: str
) -> None:
    assert "data-ask" not in editor_client.get(f"/?{query}").text


def test_empty_queue_leads_to_its_first_report(editor_client: FlaskClient, submit: Submit) -> None:
    ask = where_to_ask(editor_client.get("/").text)
    submit()

    assert 'href="/"' in editor_client.get(ask).text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "seen=yesterday",
        "seen=2026-01-01",
        "seen=2026-01-01T00:00:00%2B00:00&known=1",
        "seen=0001-01-01T00:00:00%2B14:00",
    ],
)
def test_question_that_cannot_be_read_is_refused(editor_client: FlaskClient, query: str) -> None:
    assert editor_client.get(f"/news?{query}").status_code == 400
    assert editor_client.get(f"/news/rows?{query}").status_code == 400


def test_news_of_other_sites_are_not_told(
    editor_client: FlaskClient, report: Report, submit: Submit, editor: User
) -> None:
    ask = where_to_ask(editor_client.get("/").text)
    with write_transaction() as session:
        session.get_one(User, editor.id).memberships.clear()
    submit(selector__exact="harbor")

    assert editor_client.get(ask).status_code == 204
    assert db.session.query(Report).count() == 2
