"""All reports of one page over HTTP."""

from __future__ import annotations

import re
from html import unescape

import pytest
from dashboard_pages import marked
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from submissions import Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Report, Submission

TEXT = (
    "The harbour was rebuild after the storm of last winter. Its walls are hihger now than they "
    "have ever been, and the fishermen recieve their mail at the old pier again."
)


@pytest.fixture
def reports(submit: Submit) -> dict[str, Report]:
    """Three reports of a page, not in the order of its text, and one of another."""
    for exact in ("recieve", "rebuild", "hihger"):
        at = TEXT.index(exact)
        submit(
            selector__exact=exact,
            selector__prefix=TEXT[max(0, at - 60) : at],
            selector__suffix=TEXT[at + len(exact) :][:60],
            passage__before="",
            passage__after="",
            suggestion="",
        )
    submit(selector__exact="elsewhere", page__url="https://news.example/other")
    return {each.exact: each for each in db.session.scalars(select(Report))}


def test_reports_stand_in_the_order_of_the_text(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    page = editor_client.get(f"/pages/{reports['recieve'].page_id}").text

    assert marked(page) == ["rebuild", "hihger", "recieve"]
    assert 'href="https://news.example/harbour"' in page


def read(submit: Submit, exact: str, start: int | None, **changes: object) -> Report:
    """A word that is reported without its surroundings, from a place of the page."""
    position = None if start is None else {"start": start, "of": 2000}
    alone = {"selector__prefix": "", "selector__suffix": "", "passage": {}, "suggestion": ""}
    submit(selector__exact=exact, selector__position=position, **(alone | changes))
    db.session.rollback()
    return db.session.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one()


def test_reports_with_nothing_in_common_stand_where_the_widget_saw_them(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for exact, start in {"untill": 900, "harbuor": 1400, "wich": 20, "Breif": -40}.items():
        last = read(submit, exact, start)

    page = editor_client.get(f"/pages/{last.page_id}").text

    assert marked(page) == ["Breif", "wich", "untill", "harbuor"]
    assert "Of unknown place" not in page


def test_what_an_older_widget_sent_stands_at_the_end_and_the_page_says_so(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for exact, start in {"untill": None, "harbuor": 1400, "wich": 20}.items():
        last = read(submit, exact, start)

    page = editor_client.get(f"/pages/{last.page_id}").text

    assert marked(page) == ["wich", "harbuor", "untill"]
    assert marked(page.split("Of unknown place")[1]) == ["untill"]


def test_reader_with_a_newer_widget_tells_where_an_older_report_stands(
    editor_client: FlaskClient, submit: Submit
) -> None:
    older = read(submit, "untill", None)
    read(submit, "harbuor", 1400)
    read(submit, "untill", 700)

    page = editor_client.get(f"/pages/{older.page_id}").text

    assert marked(page) == ["untill", "harbuor"]
    assert older.position is None


def test_report_stands_where_its_own_words_begin_whatever_else_was_selected(
    editor_client: FlaskClient, submit: Submit
) -> None:
    sentence = "The council has begun to recieve letters."
    first = {"selector__prefix": "The council has begun to ", "suggestion": "receive"}
    read(submit, "recieve", None, **first)
    read(submit, sentence, 1000, suggestion=sentence.replace("recieve", "receive"))
    last = read(submit, "wich", 1010)

    page = editor_client.get(f"/pages/{last.page_id}").text

    assert marked(page) == ["wich", "recieve"]


def test_report_shows_and_keeps_the_place_of_what_is_clearer(submit: Submit) -> None:
    sentence = "The council has begun to recieve letters."
    read(submit, sentence, 1000)
    around = {"before": "The council has begun to ", "after": " letters."}
    report = read(submit, "recieve", 1025, suggestion="receive", passage=around)

    assert (report.exact, report.position, report.readers) == ("recieve", 1025, 2)


def test_place_outlives_what_readers_sent(editor_client: FlaskClient, submit: Submit) -> None:
    for exact, start in {"untill": 900, "harbuor": 1400, "wich": 20}.items():
        last = read(submit, exact, start)
    with write_transaction() as session:
        session.execute(delete(Submission))

    page = editor_client.get(f"/pages/{last.page_id}").text

    assert marked(page) == ["wich", "untill", "harbuor"]


def test_after_an_action_the_next_of_the_text_is_named(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    def fix(exact: str) -> str:
        answer = editor_client.post(
            f"/reports/{reports[exact].public_id}/fixed",
            data={"version": reports[exact].version, "from": "page"},
        )
        return answer.location.removeprefix(f"/pages/{reports[exact].page_id}")

    assert fix("hihger") == f"#report-{reports['recieve'].public_id}"
    assert fix("recieve") == f"#report-{reports['rebuild'].public_id}"
    assert fix("rebuild") == ""


def link(page: str, text: str) -> str:
    """Where the link of a page with this text leads."""
    found = re.search(rf'<a [^>]*?href="([^"]+)"[^>]*>{text}', page)
    assert found, f"there is a link {text}"
    return unescape(found[1])


def test_who_opens_a_report_of_the_page_goes_on_in_its_text(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    identifiers = {exact: str(each.public_id) for exact, each in reports.items()}
    address = f"/pages/{reports['hihger'].page_id}"
    details = link(editor_client.get(address).text.split(identifiers["hihger"], 1)[1], "Details")

    page = editor_client.get(details).text

    assert identifiers["rebuild"] in link(page, "Previous")
    assert identifiers["recieve"] in link(page, "Next")
    assert link(page, "All reports of this page") == f"{address}#report-{identifiers['hihger']}"
    following = editor_client.get(link(page, "Next")).text
    assert identifiers["hihger"] in link(following, "Previous")
    assert ">Next<" not in following


def test_what_is_done_on_the_way_does_not_lead_away_from_the_text(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    report = f"/reports/{reports['hihger'].public_id}"

    for view in ({}, {"view": "all"}):
        form = {"version": reports["hihger"].version, "from": "report", "list": "page", **view}
        answer = editor_client.post(f"{report}/fixed", data=form)
        assert answer.location.removeprefix(report).startswith("?list=page")
        page = editor_client.get(answer.location).text
        assert str(reports["recieve"].public_id) in link(page, "Next")
        assert ("view=all" in link(page, "Next")) == bool(view)


def test_closed_ones_are_shown_on_demand(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    report = reports["hihger"]
    editor_client.post(f"/reports/{report.public_id}/fixed", data={"version": 1})

    address = f"/pages/{report.page_id}"
    assert marked(editor_client.get(address).text) == ["rebuild", "recieve"]
    assert marked(editor_client.get(f"{address}?view=all").text) == ["rebuild", "hihger", "recieve"]


def test_report_names_the_others_of_its_page(
    editor_client: FlaskClient, reports: dict[str, Report]
) -> None:
    page = editor_client.get(f"/reports/{reports['hihger'].public_id}").text

    others = page.split("Also open on this page", 1)[1].split("All reports of this page", 1)[0]
    assert "rebuild" in others
    assert "recieve" in others
    assert "elsewhere" not in others


def test_unknown_page_is_not_found(editor_client: FlaskClient) -> None:
    assert editor_client.get("/pages/4711").status_code == 404
    assert editor_client.get(f"/pages/{2**70}").status_code == 404
