"""Programs that show a token: reports, their resolution, figures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from programs import Ask, resolve
from sqlalchemy import select, update
from submissions import EDITOR, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Announcement, Event, Report, Site


def test_reports_are_listed_page_by_page(ask: Ask, submit: Submit) -> None:
    words = ["harbour", "mountain", "envelope", "quicksand", "telephone"]
    for word in words:
        submit(
            selector__exact=word,
            selector__prefix=f"before {word} ",
            selector__suffix=f" after {word}",
            page__url=f"https://news.example/{word}",
        )

    seen: list[str] = []
    after = ""
    for _ in range(3):
        page = ask("GET", "/reports", query_string={"limit": 2, "after": after}).get_json()
        seen += [each["exact"] for each in page["reports"]]
        after = page["next"]

    assert seen == words[::-1]
    assert after is None


def test_report_says_what_an_editor_reads(ask: Ask, report: Report) -> None:
    found = ask("GET", f"/reports/{report.public_id}").get_json()

    assert found["before"] + found["exact"] + found["after"] == (
        "The council has begun to recieve letters."
    )
    assert (found["suggestion"], found["status"], found["version"]) == ("receive", "open", 1)
    assert found["page"]["url"] == "https://news.example/harbour"


def test_report_is_resolved_and_opened_again(ask: Ask, report: Report) -> None:
    closed = resolve(ask, report, "fixed")
    opened = resolve(ask, report, "reopen", 2)

    assert (closed.get_json()["status"], closed.get_json()["version"]) == ("fixed", 2)
    assert opened.get_json()["status"] == "open"
    events = db.session.scalars(select(Event).where(Event.source == "api")).all()
    assert [event.kind for event in events] == ["fixed", "reopened"]
    assert all(event.actor and event.actor.email == EDITOR for event in events)


def test_spam_of_a_rule_that_a_program_opens_is_news_to_everybody(ask: Ask, post: Submit) -> None:
    post(website="https://pills.example")
    report = db.session.scalars(select(Report)).one()

    opened = resolve(ask, report, "reopen")

    assert opened.get_json()["status"] == "open"
    db.session.rollback()
    assert [each.spam for each in report.submissions] == [False]
    told = db.session.scalars(select(Event).join(Announcement)).all()
    assert [event.kind for event in told] == ["opened"]


def test_second_program_learns_that_the_first_was_faster(ask: Ask, report: Report) -> None:
    resolve(ask, report, "fixed")

    late = resolve(ask, report, "rejected")

    assert late.status_code == 409
    assert late.content_type == "application/problem+json"
    assert late.get_json()["report"]["status"] == "fixed"
    assert late.get_json()["report"]["version"] == 2


def test_change_that_is_none_is_refused(ask: Ask, report: Report) -> None:
    answer = resolve(ask, report, "reopen")

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "/problems/illegal-change"


def test_days_of_a_figure_are_the_sites_or_those_asked_for(
    ask: Ask, site: Site, report: Report
) -> None:
    with write_transaction() as session:
        session.get_one(Site, site.id).zone = "Europe/Berlin"
        came = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
        session.execute(update(Report).values(first_submitted_at=came))

    def day_of(**zone: str) -> tuple[str, list[str]]:
        query = {"from": "2026-11-10", "to": "2026-11-11", **zone}
        answer = ask("GET", "/statistics/days", query_string=query).get_json()
        return answer["zone"], [row[0] for row in answer["rows"] if row[1]]

    assert day_of() == ("Europe/Berlin", ["2026-11-11"])
    assert day_of(zone="UTC") == ("UTC", ["2026-11-10"])
    for wrong in ("", "Europe/Nowhere", "../etc/passwd"):
        refused = ask("GET", "/statistics/days", query_string={"zone": wrong})
        assert refused.status_code == 422
        assert refused.get_json()["errors"][0]["field"] == "zone"


def test_figures_are_tables(ask: Ask, report: Report) -> None:
    answer = ask("GET", "/statistics/days")

    assert answer.status_code == 200
    assert len(answer.get_json()["rows"]) == 30
    assert ask("GET", "/statistics/nothing").status_code == 404
    wrong = ask("GET", "/statistics/days", query_string={"from": "yesterday"})
    assert wrong.get_json()["errors"][0]["field"] == "from"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "lost"}, "status"),
        ({"limit": "0"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"after": "nowhere"}, "after"),
    ],
)
def test_bad_query_names_its_field(ask: Ask, query: dict[str, str], field: str) -> None:
    answer = ask("GET", "/reports", query_string=query)

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "body",
    [{}, {"resolution": "burnt", "version": 1}, {"resolution": "fixed", "version": "one"}],
)
def test_bad_body_changes_nothing(ask: Ask, report: Report, body: dict[str, Any]) -> None:
    answer = ask("POST", f"/reports/{report.public_id}/resolution", json=body)

    assert answer.status_code == 422
    db.session.refresh(report)
    assert report.version == 1
