"""Log-in and log-out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from submissions import EDITOR, PASSWORD
from werkzeug.test import TestResponse

from server import create_app
from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.invalid import InvalidInput
from server.login_sessions import REMEMBERED
from server.models import User
from server.sites import add_user

LogIn = Callable[..., TestResponse]
Token = Callable[[str], str]


@pytest.fixture
def log_in(client: FlaskClient, editor: User, token: Token) -> LogIn:
    """Fill in the form as it is shown and send it."""

    def send(
        email: str = EDITOR, password: str = PASSWORD, at: str = "/login", **more: str
    ) -> TestResponse:
        page = client.get(at).text
        form = {"email": email, "password": password, "csrf_token": token(page), **more}
        return client.post(at, data=form)

    return send


def problems(answer: TestResponse) -> list[str]:
    return re.findall(r'role="alert"[^>]*>([^<]+)<', answer.text)


def test_right_password_leads_to_the_queue(client: FlaskClient, log_in: LogIn) -> None:
    assert log_in().location == "/"
    assert "Open reports" in client.get("/").text


def test_address_counts_whatever_its_capitals(client: FlaskClient, log_in: LogIn) -> None:
    assert log_in(email="Editor@News.Example").location == "/"


def test_wrong_password_unknown_and_inactive_address_get_the_same_answer(
    client: FlaskClient, editor: User, log_in: LogIn
) -> None:
    def answer(email: str, password: str) -> tuple[int, list[str], str]:
        found = log_in(email=email, password=password)
        # The page repeats the address that was typed.
        page = re.sub(r'value="[^"]*"', "", found.text)
        return found.status_code, problems(found), page

    wrong = answer(EDITOR, "a wrong password")
    unknown = answer("nobody@news.example", "a wrong password")
    with write_transaction() as session:
        session.get_one(User, editor.id).active = False
    inactive = answer(EDITOR, PASSWORD)

    assert wrong == unknown == inactive
    assert wrong[1] == ["The e-mail or the password is wrong."]


def test_whoever_logs_in_a_password_is_hashed_once(
    client: FlaskClient, editor: User, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing is what takes time: it must not tell whether there is an account, nor what is wrong
    with it."""
    hashed: list[str] = []
    verify = User.verify_and_update_password

    def counted(user: User, password: str) -> bool:
        hashed.append(password)
        return bool(verify(user, password))

    monkeypatch.setattr(User, "verify_and_update_password", counted)
    monkeypatch.setattr("flask_security.forms.hash_password", hashed.append)

    def times(email: str) -> int:
        hashed.clear()
        assert log_in(email=email, password="a wrong password").status_code == 200
        return len(hashed)

    assert (times(EDITOR), times("nobody@news.example")) == (1, 1)
    for change in ({"active": False}, {"active": True, "password": None}):
        with write_transaction() as session:
            for name, value in change.items():
                setattr(session.get_one(User, editor.id), name, value)
        assert times(EDITOR) == 1, change


@pytest.mark.parametrize("password", ["", "\x00", "p" * 100_000])
def test_odd_passwords_are_just_wrong(log_in: LogIn, password: str) -> None:
    answer = log_in(password=password)

    assert answer.status_code == 200
    assert problems(answer)


def test_next_leads_back_to_where_one_wanted_to_go(client: FlaskClient, log_in: LogIn) -> None:
    wanted = client.get("/deliveries").location

    assert wanted == "/login?next=/deliveries"
    assert log_in(at=wanted).location == "/deliveries"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "/\t/evil.example",
    ],
)
@pytest.mark.parametrize("where", ["address", "form"])
def test_next_never_leads_elsewhere(
    client: FlaskClient, editor: User, token: Token, target: str, where: str
) -> None:
    query = {"next": target} if where == "address" else {}
    form = {"next": target} if where == "form" else {}
    page = client.get("/login", query_string=query).text

    answer = client.post(
        "/login",
        query_string=query,
        data={"email": EDITOR, "password": PASSWORD, "csrf_token": token(page), **form},
    )

    location = answer.headers.get("Location", "/")
    assert urlsplit(location).netloc == ""
    assert urlsplit(location).scheme == ""
    # What browsers make of an address: backslashes are slashes, tabs are nothing.
    assert not re.sub(r"[\t\r\n]", "", location).replace("\\", "/").lstrip().startswith("//")


def test_form_without_token_logs_nobody_in(client: FlaskClient, editor: User) -> None:
    answer = client.post("/login?next=/deliveries", data={"email": EDITOR, "password": PASSWORD})

    assert answer.location == "/login?next=/deliveries"
    assert "took too long" in client.get(answer.location).text
    assert client.get("/").status_code == 302


def test_session_before_log_in_is_worthless_after(
    app: Flask, client: FlaskClient, log_in: LogIn, token: Token
) -> None:
    planted_token = token(client.get("/login").text)
    planted = client.get_cookie("copydesk")
    assert planted is not None

    log_in()

    cookie = client.get_cookie("copydesk")
    assert cookie is not None
    assert cookie.value != planted.value
    # The cookie that an attacker could have planted did not become the editor's.
    attacker = app.test_client()
    attacker.set_cookie("copydesk", planted.value)
    assert attacker.get("/").status_code == 302
    # Nor does its token press the editor's buttons.
    client.get("/")
    assert client.post("/logout", data={"csrf_token": planted_token}).status_code == 400


def test_session_cookie_is_closed_to_scripts_and_other_sites(
    client: FlaskClient, log_in: LogIn
) -> None:
    log_in(remember="y")

    for name in ("copydesk", "copydesk_remember"):
        cookie = client.get_cookie(name)
        assert cookie is not None, name
        assert cookie.http_only, name
        assert cookie.same_site == "Lax", name


def test_https_address_makes_cookies_secure(settings: Settings, editor: User) -> None:
    app = create_app(replace(settings, public_url="https://desk.example"))

    client = app.test_client()
    client.get("/login", base_url="https://desk.example")

    cookie = client.get_cookie("copydesk", domain="desk.example")
    assert cookie is not None
    assert cookie.secure


class TestStayingLoggedIn:
    def close_browser(self, client: FlaskClient) -> None:
        client.delete_cookie("copydesk")

    def test_who_asked_for_it_stays(self, client: FlaskClient, log_in: LogIn) -> None:
        log_in(remember="y")
        self.close_browser(client)

        assert client.get("/").status_code == 200

    def test_who_did_not_is_out(self, client: FlaskClient, log_in: LogIn) -> None:
        log_in()
        self.close_browser(client)

        assert client.get("/").status_code == 302

    def test_it_ends_after_thirty_days(self, client: FlaskClient, log_in: LogIn) -> None:
        log_in(remember="y")

        cookie = client.get_cookie("copydesk_remember")
        assert cookie is not None
        assert cookie.expires is not None
        assert abs(cookie.expires - now() - REMEMBERED) < timedelta(minutes=1)

    def test_log_out_forgets_it(self, client: FlaskClient, log_in: LogIn, token: Token) -> None:
        log_in(remember="y")
        client.post("/logout", data={"csrf_token": token(client.get("/").text)})
        self.close_browser(client)

        assert client.get("/").status_code == 302

    def test_new_identity_ends_it_everywhere(
        self, client: FlaskClient, log_in: LogIn, editor: User
    ) -> None:
        log_in(remember="y")
        with write_transaction() as session:
            session.get_one(User, editor.id).fs_uniquifier = "another"

        assert client.get("/").status_code == 302


def test_log_out_needs_a_post(client: FlaskClient, log_in: LogIn) -> None:
    log_in()

    assert client.get("/logout").status_code == 405
    assert client.get("/").status_code == 200


def test_log_out_ends_the_session(client: FlaskClient, log_in: LogIn, token: Token) -> None:
    log_in()

    answer = client.post("/logout", data={"csrf_token": token(client.get("/").text)})

    assert answer.location == "/login"
    assert client.get("/").status_code == 302


def test_deactivated_account_is_out_at_once(
    client: FlaskClient, log_in: LogIn, editor: User
) -> None:
    log_in()
    with write_transaction() as session:
        session.get_one(User, editor.id).active = False

    assert client.get("/").status_code == 302


@pytest.mark.parametrize("query", ["", "?include_auth_token"])
def test_programs_get_no_token_by_a_password(app: Flask, editor: User, query: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    form, client = {"email": EDITOR, "password": PASSWORD}, app.test_client()

    as_json = client.post(f"/login{query}", json=form)
    asking = client.post(f"/login{query}", data=form, headers={"Accept": "application/json"})

    assert as_json.status_code == 415
    assert asking.location == "/"
    for answer in (as_json, asking):
        assert answer.mimetype == "text/html"
        assert "authentication_token" not in answer.text


def test_account_needs_a_usable_address(app: Flask) -> None:
    with write_transaction() as session, pytest.raises(InvalidInput, match="email"):
        add_user(session, "not an address", PASSWORD)
