"""Tokens of programs: what each allows, when it ends, and the page that makes and revokes them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from programs import Ask, resolve
from sqlalchemy import select

from server import api_tokens
from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.invalid import InvalidInput
from server.models import SCOPES, ApiToken, Membership, Report, Site, User
from server.sites import add_member, add_site, close_account

FORM: dict[str, Any] = {"name": "Board", "scopes": ["reports:read"], "days": "90"}


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
