"""Evidence as editors see it: it orders and explains, and hides nothing."""

from __future__ import annotations

import re

from dashboard_pages import marked
from flask.testing import FlaskClient
from sqlalchemy import select, update
from submissions import Submit

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import Report
from server.reports import queue
from server.reports.evidence import evaluate_pending


def next_page(page: str) -> str:
    found = re.search(r'href="([^"]+)" rel="next"', page)
    assert found, "there is a next page"
    return found[1].replace("&amp;", "&")


def score(word: str, points: int) -> None:
    with write_transaction() as session:
        session.execute(
            update(Report)
            .where(Report.exact == word)
            .values(score=points, evidence=[], evaluated_at=now())
        )


def report_of(word: str) -> Report:
    return db.session.scalars(select(Report).where(Report.exact == word)).one()


def test_most_certain_stands_first_where_the_editor_wants_it(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for word, points in (("sure", 90), ("maybe", 50), ("hardly", 10), ("beyond doubt", 90)):
        submit(selector__exact=word)
        score(word, points)

    certain = marked(editor_client.get("/?sort=certainty").text)

    assert certain == ["beyond doubt", "sure", "maybe", "hardly"]
    assert marked(editor_client.get("/").text) == ["beyond doubt", "hardly", "maybe", "sure"]


def test_certain_reports_are_paged_without_a_gap(
    editor_client: FlaskClient, submit: Submit
) -> None:
    words = [f"mistake-{number:02}" for number in range(53)]
    for number, word in enumerate(words):
        submit(selector__exact=word)
        score(word, number // 2)

    first = editor_client.get("/?sort=certainty").text
    second = editor_client.get(next_page(first)).text

    assert len(marked(first)) == queue.PAGE_SIZE
    assert marked(first) + marked(second) == list(reversed(words))
    assert "Most certain reports" in second


def test_the_order_is_kept_by_views_and_actions(editor_client: FlaskClient, submit: Submit) -> None:
    for word, points in (("sure", 90), ("hardly", 10), ("maybe", 50)):
        submit(selector__exact=word)
        score(word, points)
    report, below = report_of("sure"), report_of("maybe")

    page = editor_client.get("/?sort=certainty").text
    answer = editor_client.post(
        f"/reports/{report.public_id}/fixed",
        data={"version": report.version, "from": "queue", "sort": "certainty"},
    )

    assert 'href="/?view=fixed&amp;sort=certainty"' in page
    assert '<input type="hidden" name="sort" value="certainty">' in page
    assert answer.location == f"/?sort=certainty#report-{below.public_id}"


def test_a_cursor_of_the_other_order_shows_the_first_page(
    editor_client: FlaskClient, submit: Submit
) -> None:
    submit()
    cursor = str(queue.NEWEST.cursor_of(report_of("recieve"))).replace("+", "%2B")

    assert marked(editor_client.get(f"/?sort=certainty&after={cursor}").text) == ["recieve"]
    assert marked(editor_client.get("/?after=40_999").text) == ["recieve"]


def test_an_unknown_order_is_not_found(editor_client: FlaskClient) -> None:
    assert editor_client.get("/?sort=size").status_code == 404


def test_a_row_says_how_certain_and_why(editor_client: FlaskClient, submit: Submit) -> None:
    submit()
    before = editor_client.get("/").text
    evaluate_pending()

    after = editor_client.get("/").text

    assert 'class="certainty' not in before
    assert "<b>likely</b>, not in the dictionary" in after


def test_the_report_explains_each_finding_with_its_points(
    editor_client: FlaskClient, submit: Submit
) -> None:
    submit()
    address = f"/reports/{report_of('recieve').public_id}"
    before = editor_client.get(address).text
    evaluate_pending()

    page = editor_client.get(address).text

    assert "It has not been examined yet." in before
    assert "Likely a mistake" in page
    assert "“recieve” is not in the dictionary; “receive” is, and looks alike." in page
    points = re.findall(r"<td>([+−]?\d+)</td>", page)
    total = sum(int(each.replace("−", "-")) for each in points)
    assert f"{min(100, total)} of 100 points" in page


def test_words_of_readers_are_text_in_the_explanation(
    editor_client: FlaskClient, submit: Submit
) -> None:
    submit(selector__exact="<b>goverment\u202e</b>", suggestion="<script>government</script>")
    evaluate_pending()
    report = db.session.scalars(select(Report)).one()

    page = editor_client.get(f"/reports/{report.public_id}").text

    assert report.evidence
    assert "<b>goverment" not in page
    assert "<script>government" not in page
    assert "\u202e" not in page
