"""Programs that show a token: reports, their resolution, figures."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from submissions import EDITOR, Submit
from werkzeug.test import TestResponse

from server import api_tokens
from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.invalid import InvalidInput
from server.models import SCOPES, Announcement, ApiToken, Event, Membership, Report, Site, User
from server.sites import add_member, add_site, close_account

Ask = Callable[..., TestResponse]


@pytest.fixture
def token(editor: User, site: Site) -> str:
    """May do all; made without expiry."""
    with write_transaction() as session:
        return api_tokens.issue(session, editor, site, "Board", SCOPES, None)


@pytest.fixture
def ask(client: FlaskClient, token: str) -> Ask:
    def ask(method: str, path: str, shown: str = token, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {shown}"}
        return client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    return ask


@pytest.fixture
def report(submit: Submit) -> Report:
    submit()
    return db.session.scalars(select(Report)).one()


def resolve(ask: Ask, report: Report, resolution: str, version: int = 1) -> TestResponse:
    body = {"resolution": resolution, "version": version}
    return ask("POST", f"/reports/{report.public_id}/resolution", json=body)


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


class TestToken:
    @pytest.mark.parametrize("shown", ["", "x", "copydesk_" + "A" * 43, "\u00fc"])
    def test_unknown_one_opens_nothing(self, ask: Ask, shown: str) -> None:
        answer = ask("GET", "/reports", shown.encode("latin-1").decode("latin-1"))

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_cookie_counts_for_nothing(self, editor_client: FlaskClient, report: Report) -> None:
        assert editor_client.get("/api/v1/reports").status_code == 401
        answer = editor_client.post(
            f"/api/v1/reports/{report.public_id}/resolution",
            json={"resolution": "fixed", "version": 1},
        )
        assert answer.status_code == 401

    def test_answers_set_no_cookie(self, ask: Ask) -> None:
        assert "Set-Cookie" not in ask("GET", "/reports").headers

    def test_allows_what_its_scopes_say(
        self, ask: Ask, editor: User, site: Site, report: Report
    ) -> None:
        with write_transaction() as session:
            reading = api_tokens.issue(session, editor, site, "R", ["reports:read"], 1)
        path = f"/reports/{report.public_id}"

        assert ask("GET", path, reading).status_code == 200
        body = {"resolution": "fixed", "version": 1}
        assert ask("POST", f"{path}/resolution", reading, json=body).status_code == 403
        assert ask("GET", "/statistics/days", reading).status_code == 403

    def test_expires(self, ask: Ask, editor: User, site: Site) -> None:
        with write_transaction() as session:
            short = api_tokens.issue(session, editor, site, "R", ["reports:read"], 1)

        assert ask("GET", "/reports", short).status_code == 200
        with time_machine.travel(now() + timedelta(days=1, seconds=1)):
            assert ask("GET", "/reports", short).status_code == 401

    def test_ends_with_the_membership(self, ask: Ask) -> None:
        with write_transaction() as session:
            session.delete(session.scalars(select(Membership)).one())

        assert ask("GET", "/reports").status_code == 401

    def test_ends_with_the_account(self, ask: Ask, editor: User) -> None:
        with write_transaction() as session:
            close_account(session.get_one(User, editor.id))

        assert ask("GET", "/reports").status_code == 401

    def test_of_who_became_a_viewer_reads_only(self, ask: Ask, report: Report) -> None:
        with write_transaction() as session:
            session.scalars(select(Membership)).one().role = "viewer"

        assert ask("GET", "/reports").status_code == 200
        assert resolve(ask, report, "fixed").status_code == 403

    def test_shows_nothing_of_the_accounts_other_sites(
        self, ask: Ask, editor: User, report: Report
    ) -> None:
        with write_transaction() as session:
            other = add_site(session, "Elsewhere", ["https://elsewhere.example"])
            user = session.get_one(User, editor.id)
            add_member(session, user, other)
            foreign = api_tokens.issue(session, user, other, "R", SCOPES, None)

        assert ask("GET", "/reports", foreign).get_json()["reports"] == []
        assert ask("GET", f"/reports/{report.public_id}", foreign).status_code == 404
        answer = ask(
            "POST",
            f"/reports/{report.public_id}/resolution",
            foreign,
            json={"resolution": "fixed", "version": 1},
        )
        assert answer.status_code == 404

    def test_use_is_noted(self, ask: Ask) -> None:
        ask("GET", "/reports")

        db.session.rollback()
        assert db.session.scalars(select(ApiToken.last_used_at)).one() is not None

    def test_text_is_kept_nowhere(self, token: str) -> None:
        row = db.session.scalars(select(ApiToken)).one()

        assert token not in str(vars(row))

    @pytest.mark.parametrize(
        ("name", "scopes", "days", "field"),
        [
            ("", SCOPES, None, "name"),
            ("a\nb", SCOPES, None, "name"),
            ("R", (), None, "scopes"),
            ("R", ("all",), None, "scopes"),
            ("R", SCOPES, 0, "days"),
            ("R", SCOPES, 100_000, "days"),
        ],
    )
    def test_bad_one_is_not_made(
        self,
        editor: User,
        site: Site,
        name: str,
        scopes: tuple[str, ...],
        days: int | None,
        field: str,
    ) -> None:
        with write_transaction() as session, pytest.raises(InvalidInput, match=f"^{field}: "):
            api_tokens.issue(session, editor, site, name, scopes, days)

    def test_viewer_makes_none_that_resolves(self, editor: User, site: Site) -> None:
        with write_transaction() as session:
            session.scalars(select(Membership)).one().role = "viewer"
        with write_transaction() as session, pytest.raises(InvalidInput, match=r"^scopes: "):
            api_tokens.issue(session, editor, site, "R", SCOPES, None)


FORM: dict[str, Any] = {"name": "Board", "scopes": ["reports:read"], "days": "90"}


class TestTokensPage:
    def test_shows_a_new_token_once(
        self, editor_client: FlaskClient, site: Site, app: Flask
    ) -> None:
        page = editor_client.post("/account/tokens/add", data={**FORM, "site": site.key}).text
        text = page.partition('id="new-token"')[2].partition(">")[2].partition("<")[0]

        answer = app.test_client().get(
            "/api/v1/reports", headers={"Authorization": f"Bearer {text}"}
        )

        assert answer.status_code == 200
        assert text not in editor_client.get("/account/tokens").text

    def test_revokes(self, editor_client: FlaskClient, site: Site, ask: Ask) -> None:
        public_id = str(db.session.scalars(select(ApiToken.public_id)).one())

        page = editor_client.post(
            "/account/tokens/revoke", data={"id": public_id}, follow_redirects=True
        )

        assert "The token Board is revoked." in page.text
        assert ask("GET", "/reports").status_code == 401

    @pytest.mark.parametrize(
        "change", [{"site": "x"}, {"days": "7"}, {"days": "x"}, {"name": " "}, {"scopes": []}]
    )
    def test_refuses_beside_the_field(
        self, editor_client: FlaskClient, site: Site, change: dict[str, Any]
    ) -> None:
        form = {**FORM, "site": site.key, **change}
        answer = editor_client.post("/account/tokens/add", data=form)

        assert answer.status_code == 422
        assert 'class="error"' in answer.text

    @pytest.mark.parametrize(("value", "status"), [("x", 400), (str(uuid.uuid4()), 404)])
    def test_revokes_nothing_that_is_not_there(
        self, editor_client: FlaskClient, value: str, status: int
    ) -> None:
        answer = editor_client.post("/account/tokens/revoke", data={"id": value})

        assert answer.status_code == status
