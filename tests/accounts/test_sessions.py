"""Where an account is logged in, and logging out there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in
from sqlalchemy import func, select
from submissions import EDITOR, PASSWORD

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.login_sessions import REMEMBERED, SESSION, device_of, forget_ended
from server.models import LoginSession, User
from server.sites import add_user, close_account

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0"
)
ADDRESS = "/account/sessions"


@pytest.fixture
def phone(app: Flask, editor_client: FlaskClient) -> FlaskClient:
    """A second browser of the editor, which stays logged in."""
    client = app.test_client()
    client.post(
        "/login",
        data={"email": EDITOR, "password": PASSWORD, "remember": "y"},
        headers={"User-Agent": IPHONE},
    )
    return client


def ids(page: str) -> list[str]:
    return re.findall(r'name="id" value="([^"]+)"', page)


def is_in(client: FlaskClient) -> bool:
    return client.get("/").status_code == 200


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(LoginSession)) or 0


@pytest.mark.parametrize(
    ("header", "device"),
    [
        (FIREFOX, "Firefox, Linux"),
        (IPHONE, "Safari, iPhone"),
        (EDGE, "Edge, Windows"),
        ("curl/8.0", ""),
        ("<script>", ""),
    ],
)
def test_device_is_named_coarsely(header: str, device: str) -> None:
    assert device_of(header) == device


def test_page_lists_each_log_in_and_marks_this_one(
    editor_client: FlaskClient, phone: FlaskClient
) -> None:
    page = editor_client.get(ADDRESS).text

    assert "Safari, iPhone" in page
    assert page.count("this one") == 1
    # The other one, and all others.
    assert len(ids(page)) == 2


def test_one_is_logged_out_and_the_others_stay(
    editor_client: FlaskClient, phone: FlaskClient
) -> None:
    other = ids(editor_client.get(ADDRESS).text)[0]

    page = editor_client.post(f"{ADDRESS}/end", data={"id": other}, follow_redirects=True).text

    assert "Logged out there." in page
    assert not is_in(phone)
    assert is_in(editor_client)


def test_staying_logged_in_ends_with_it(editor_client: FlaskClient, phone: FlaskClient) -> None:
    phone.delete_cookie("copydesk")
    assert is_in(phone)

    editor_client.post(f"{ADDRESS}/end", data={"id": "others"})

    phone.delete_cookie("copydesk")
    assert not is_in(phone)
    assert is_in(editor_client)


def test_cookie_of_before_logging_out_is_worthless(app: Flask, editor_client: FlaskClient) -> None:
    cookie = editor_client.get_cookie("copydesk")
    assert cookie
    editor_client.post("/logout")

    thief = app.test_client()
    thief.set_cookie("copydesk", cookie.value)

    assert not is_in(thief)


def test_new_password_leaves_this_log_in_alone(
    editor_client: FlaskClient, phone: FlaskClient
) -> None:
    editor_client.post(
        "/account/password",
        data={
            "password": PASSWORD,
            "new_password": "seven green kettles sing",
            "new_password_confirm": "seven green kettles sing",
        },
    )

    assert is_in(editor_client)
    assert not is_in(phone)
    assert count() == 1


def test_logging_in_again_leaves_no_second_row(editor_client: FlaskClient) -> None:
    editor_client.post("/logout")
    log_in(editor_client)

    assert count() == 1


@pytest.mark.parametrize(("value", "status"), [("", 400), ("x", 400), ("foreign", 404)])
def test_nobody_elses_log_in_is_ended(
    app: Flask, editor_client: FlaskClient, value: str, status: int
) -> None:
    with write_transaction() as session:
        add_user(session, "bo@news.example", PASSWORD)
    other = app.test_client()
    assert log_in(other, "bo@news.example")
    if value == "foreign":
        bo = select(LoginSession.public_id).join(User).where(User.email == "bo@news.example")
        value = str(db.session.scalars(bo).one())

    assert editor_client.post(f"{ADDRESS}/end", data={"id": value}).status_code == status
    assert other.get("/account").status_code == 200


def test_closed_account_is_listed_nowhere(editor_client: FlaskClient, editor: User) -> None:
    with write_transaction() as session:
        close_account(session.get_one(User, editor.id))

    assert count() == 0
    assert not is_in(editor_client)


def test_use_is_noted_coarsely(editor_client: FlaskClient) -> None:
    begun = db.session.scalars(select(LoginSession.last_seen_at)).one()

    editor_client.get("/")
    db.session.rollback()
    assert db.session.scalars(select(LoginSession.last_seen_at)).one() == begun

    with time_machine.travel(now() + timedelta(minutes=6)):
        editor_client.get("/")
        db.session.rollback()
        assert db.session.scalars(select(LoginSession.last_seen_at)).one() > begun


def test_what_no_cookie_can_name_is_forgotten(
    editor_client: FlaskClient, phone: FlaskClient
) -> None:
    with time_machine.travel(now() + SESSION + timedelta(hours=1)):
        assert forget_ended() == 1
    with time_machine.travel(now() + REMEMBERED + timedelta(hours=1)):
        assert forget_ended() == 1


def test_no_address_is_kept(editor_client: FlaskClient) -> None:
    row = db.session.scalars(select(LoginSession)).one()

    assert "127.0.0.1" not in str(vars(row))


def test_copied_cookie_ends_too_when_no_worker_has_come_by(app: Flask, phone: FlaskClient) -> None:
    cookie = phone.get_cookie("copydesk_remember")
    assert cookie

    def thief_gets_in() -> bool:
        thief = app.test_client()
        thief.set_cookie("copydesk_remember", cookie.decoded_value)
        return is_in(thief)

    with time_machine.travel(now() + REMEMBERED + timedelta(days=1)):
        assert not thief_gets_in()
    assert thief_gets_in()
