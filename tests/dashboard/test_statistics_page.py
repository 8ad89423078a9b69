"""Statistics: what the page and its files show."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient
from submissions import Submit

from server.database import write_transaction
from server.sites import add_site


def test_page_shows_a_plot_and_its_table(editor_client: FlaskClient, submit: Submit) -> None:
    submit()

    page = editor_client.get("/statistics").text

    assert ": 1 reported</title>" in page
    assert "The harbour" in page
    assert "Nothing in this period." in page, "nothing has been fixed"


def test_page_of_a_period_without_reports_says_so(
    editor_client: FlaskClient, submit: Submit
) -> None:
    submit()

    page = editor_client.get("/statistics?from=2020-01-01&to=2020-01-31").text

    assert "<rect" not in page
    assert page.count("Nothing in this period.") == 7


@pytest.mark.parametrize(
    ("query", "words"),
    [("from=soon", "from: must be a date"), ("from=2026-02-02&to=2026-02-01", "from: must not")],
)
def test_what_is_no_period_is_refused(editor_client: FlaskClient, query: str, words: str) -> None:
    answer = editor_client.get(f"/statistics?{query}")

    assert answer.status_code == 400
    assert words in answer.text


def test_another_editors_site_is_not_counted(editor_client: FlaskClient, submit: Submit) -> None:
    with write_transaction() as session:
        other = add_site(session, "Other", ["https://other.example"])

    assert editor_client.get(f"/statistics?site={other.key}").status_code == 404
    assert editor_client.get(f"/statistics/days.csv?site={other.key}").status_code == 404


def test_csv_holds_the_table_and_no_formulas(editor_client: FlaskClient, submit: Submit) -> None:
    submit(page__title='=HYPERLINK("https://evil.example")')

    answer = editor_client.get("/statistics/pages.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert rows[0] == ["Page", "Reports", "Fixed", "Address"]
    assert not rows[1][0].startswith("=")


def test_figure_that_does_not_exist_is_not_found(editor_client: FlaskClient) -> None:
    assert editor_client.get("/statistics/gold.csv").status_code == 404
