"""The queue over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from dashboard_pages import following_page, marked
from flask.testing import FlaskClient
from sqlalchemy import update
from submissions import EDITOR, Submit

from server.clock import now
from server.database import write_transaction
from server.models import Report, User
from server.reports import queue
from server.reports.views import NEWEST
from server.sites import add_member, add_site


def test_row_shows_sentence_mark_correction_page_and_readers(
    editor_client: FlaskClient, submit: Submit
) -> None:
    submit(comment="In the second paragraph")
    submit()

    page = editor_client.get("/").text

    assert "The council has begun to <mark>recieve</mark> letters." in page
    assert '<del data-said="deleted:">recieve</del><ins data-said="inserted:">receive</ins>' in page
    assert "2 readers" in page
    assert "The harbour</bdi>" in page
    assert "https://news.example/harbour#:~:text=recieve" in page
    assert "In the second paragraph" in page
    assert "just now" in page


def test_row_is_named_by_its_words_and_what_they_should_read(
    editor_client: FlaskClient, submit: Submit
) -> None:
    submit()
    submit(
        selector__exact="teh <mark>",
        selector__prefix="elsewhere somebody wrote ",
        selector__suffix=" in their draft",
        passage__before="Elsewhere somebody wrote ",
        passage__after=" in their draft.",
        suggestion="",
    )

    page = editor_client.get("/").text

    assert 'aria-label="“recieve” should read “receive”"' in page
    assert 'aria-label="“teh &lt;mark&gt;”"' in page


def test_age_is_that_of_the_last_submission(editor_client: FlaskClient, submit: Submit) -> None:
    submit()
    with write_transaction() as session:
        session.execute(update(Report).values(last_submitted_at=now() - timedelta(hours=3)))

    assert "3 hours ago" in editor_client.get("/").text


def test_correction_that_says_the_same_is_none(editor_client: FlaskClient, submit: Submit) -> None:
    submit(suggestion="recieve")

    assert "Correction" not in editor_client.get("/").text


def test_report_without_correction_shows_none(editor_client: FlaskClient, submit: Submit) -> None:
    submit(suggestion="")

    page = editor_client.get("/").text

    assert "<mark>recieve</mark>" in page
    assert "Correction" not in page


def test_newest_stands_first_and_paging_leaves_no_gap(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for number in range(53):
        submit(selector__exact=f"mistake-{number:02}")

    first = editor_client.get("/").text
    second = editor_client.get(following_page(first)).text

    assert len(marked(first)) == queue.PAGE_SIZE
    assert marked(first) + marked(second) == [f"mistake-{n:02}" for n in reversed(range(53))]
    assert "Newest reports" in second
    assert "Older reports" not in second


def test_reported_again_moves_to_the_front(editor_client: FlaskClient, submit: Submit) -> None:
    submit(selector__exact="first")
    submit(selector__exact="second")
    submit(selector__exact="first")

    assert marked(editor_client.get("/").text) == ["first", "second"]


def test_page_behind_the_last_report_leads_to_the_newest(
    editor_client: FlaskClient, report: Report
) -> None:
    address = f"/?after={NEWEST.cursor_of(report)}".replace("+", "%2B")

    assert editor_client.get(address).location == "/"


@pytest.mark.parametrize(
    "cursor",
    ["nonsense", "2026-01-01_1", "2026-01-01T00:00:00+00:00_x", "0001-01-01T00:00:00%2B14:00_1"],
)
def test_broken_cursor_shows_the_first_page(
    editor_client: FlaskClient, report: Report, cursor: str
) -> None:
    answer = editor_client.get(f"/?after={cursor}", follow_redirects=True)

    assert marked(answer.text) == ["recieve"]


def test_views_hold_what_their_names_say(editor_client: FlaskClient, submit: Submit) -> None:
    for status in ("open", "fixed", "rejected", "spam"):
        submit(selector__exact=status)
        with write_transaction() as session:
            session.execute(update(Report).where(Report.exact == status).values(status=status))

    for view in ("open", "fixed", "rejected", "spam"):
        assert marked(editor_client.get(f"/?view={view}").text) == [view]
    everything = editor_client.get("/?view=all").text
    assert marked(everything) == ["spam", "rejected", "fixed", "open"]
    assert re.findall(r'class="count">([^<]+)<', everything) == [
        *("1", "0", "1"),
        *("1", "1", "1", "4"),
    ]


def test_unknown_view_is_not_found(editor_client: FlaskClient) -> None:
    assert editor_client.get("/?view=nonsense").status_code == 404


def test_counts_end_where_they_say_so(
    editor_client: FlaskClient, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "COUNT_LIMIT", 2)
    for exact in ("one", "two", "three"):
        submit(selector__exact=exact)

    counts = re.findall(r'class="count">([^<]+)<', editor_client.get("/").text)

    assert counts == ["2+", "0", "2+", "0", "0", "0", "2+"]


def test_two_sites_can_be_told_apart(
    editor_client: FlaskClient, report: Report, editor: User
) -> None:
    with write_transaction() as session:
        other = add_site(session, "Other Times", ["https://other.example"])
        add_member(session, editor, other)
        key = other.key

    assert "The News" in editor_client.get("/").text
    filtered = editor_client.get(f"/?site={key}")
    assert marked(filtered.text) == []
    # The links to other views keep the site.
    links = re.findall(r'<a href="([^"]+)"[^>]*>Fixed', filtered.text)
    assert parse_qs(urlsplit(links[0].replace("&amp;", "&")).query) == {
        "view": ["fixed"],
        "site": [key],
    }


def test_site_that_is_not_mine_is_not_found(editor_client: FlaskClient) -> None:
    with write_transaction() as session:
        foreign = add_site(session, "Other Times", ["https://other.example"]).key

    assert editor_client.get(f"/?site={foreign}").status_code == 404
    assert editor_client.get("/?site=ck_unknown").status_code == 404


class TestEmptyQueue:
    def test_before_the_first_report_it_teaches(self, editor_client: FlaskClient) -> None:
        page = editor_client.get("/").text

        assert "<kbd>Ctrl</kbd>+<kbd>Enter</kbd>" in page
        assert "&lt;script async src=&#34;http://localhost:8000/w/ck_" in page

    def test_when_all_is_done_it_says_so(
        self, editor_client: FlaskClient, act: Callable[..., str]
    ) -> None:
        act("fixed")

        page = editor_client.get("/").text

        assert "All done" in page
        assert "script async" not in page

    def test_without_a_site_it_says_what_to_do(
        self, editor_client: FlaskClient, editor: User
    ) -> None:
        with write_transaction() as session:
            session.get_one(User, editor.id).memberships.clear()

        assert f"copydesk users add {EDITOR}" in editor_client.get("/").text
