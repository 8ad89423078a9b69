"""Statistics: what the page and its files show."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from submissions import Submit

from server.database import write_transaction
from server.models import Report, Site, User
from server.sites import add_member, add_site
from server.statistics.figures import FIGURES


def test_page_shows_a_plot_and_its_table(editor_client: FlaskClient, submit: Submit) -> None:
    submit()

    page = editor_client.get("/statistics").text

    assert "Reported: 1</title>" in page
    assert "The harbour" in page
    assert "Nothing in this period." in page, "nothing has been fixed"


def test_page_of_a_period_without_reports_says_so(
    editor_client: FlaskClient, submit: Submit
) -> None:
    submit()

    page = editor_client.get("/statistics?from=2020-01-01&to=2020-01-31").text

    assert "<rect" not in page
    assert page.count("Nothing in this period.") == len(FIGURES)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=soon", "from: must be a date"),
        ("from=0001-01-01&to=0001-01-01", "to: must be a date"),
        ("to=9999-12-31", "to: must be a date"),
        ("from=2026-02-02&to=2026-02-01", "from: must not"),
    ],
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


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_file_beside_it(
    editor_client: FlaskClient, submit: Submit, name: str
) -> None:
    submit(page__author="Anna Berg")

    page = editor_client.get("/statistics").text

    assert f"/statistics/{name}.csv?" in page
    assert editor_client.get(f"/statistics/{name}.csv").text.count("\n") > 1


def test_page_names_authors_and_links_pages(editor_client: FlaskClient, submit: Submit) -> None:
    submit(page__author="Anna Berg")

    page = editor_client.get("/statistics").text

    assert "Anna Berg" in page
    assert 'href="https://news.example/harbour"' in page


def test_usual_periods_keep_the_site(
    editor_client: FlaskClient, submit: Submit, site: Site
) -> None:
    submit()

    page = editor_client.get(f"/statistics?site={site.key}").text

    assert f"/statistics?site={site.key}&amp;from=" in page
    assert re.search(r'aria-current="true">30 days<', page)


def test_days_are_those_of_the_sites_time_zone(
    editor_client: FlaskClient, site: Site, submit: Submit
) -> None:
    submit()
    with write_transaction() as session:
        session.get_one(Site, site.id).zone = "Europe/Berlin"
        came = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
        session.execute(update(Report).values(first_submitted_at=came))
    query = "from=2026-11-10&to=2026-11-11&zone=America/New_York"

    page = editor_client.get(f"/statistics?{query}").text
    table = editor_client.get(f"/statistics/days.csv?{query}").text

    assert "Days in this time zone: Europe/Berlin" in page
    assert list(csv.reader(io.StringIO(table)))[1:] == [
        ["2026-11-10", "0", "0", "0", "0"],
        ["2026-11-11", "1", "0", "0", "0"],
    ]


def test_days_of_sites_in_several_zones_are_those_of_the_address(
    editor_client: FlaskClient, editor: User, site: Site
) -> None:
    with write_transaction() as session:
        other = add_site(session, "Other", ["https://other.example"])
        other.zone = "Asia/Tokyo"
        add_member(session, session.get_one(User, editor.id), other, "editor")

    def page(query: str = "") -> str:
        return editor_client.get(f"/statistics{query}").text

    assert "Days in this time zone: UTC" in page()
    assert "Days in this time zone: UTC" in page("?zone=../etc/passwd")
    chosen = page("?zone=Asia/Kathmandu")
    assert "Days in this time zone: Asia/Kathmandu" in chosen
    assert "days.csv?from=" in chosen
    assert "zone=Asia/Kathmandu" in chosen
    assert "Days in this time zone: Asia/Tokyo" in page(f"?site={other.key}&zone=Asia/Kathmandu")
