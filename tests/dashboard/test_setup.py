"""First run: the first account, the first site, the first report."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from submissions import EDITOR, ORIGIN, PASSWORD, Submit, body_for

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db, limiter
from server.first_run import setup_address, setup_token
from server.models import AuditEntry, Base, Membership, Site, User
from server.sites import add_user

OWNER = "owner@news.example"


@pytest.fixture
def form(app: Flask, settings: Settings) -> dict[str, str]:
    """A right form; no CSRF token is asked for."""
    app.config["WTF_CSRF_ENABLED"] = False
    return {
        "token": setup_token(settings),
        "email": OWNER,
        "password": PASSWORD,
        "password_confirm": PASSWORD,
    }


def accounts() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(User.email)))


@pytest.mark.parametrize("address", ["/", "/login"])
def test_who_comes_first_is_led_to_the_setup(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer.location) == (303, "/setup")
    assert "Nobody has an account here yet" in client.get("/setup").text


def test_first_account_adds_the_first_site_and_waits_for_its_first_report(
    app: Flask,
    client: FlaskClient,
    form: dict[str, str],
) -> None:
    answer = client.post("/setup", data=form)
    assert (answer.status_code, answer.location) == (303, "/sites/add")
    answer = client.post(
        "/sites/add", data={"name": "The News", "language": "en", "origins": ORIGIN}
    )
    site = db.session.scalars(select(Site)).one()
    assert answer.location == f"/sites/{site.key}/start"
    page = client.get(answer.location).text
    assert f"/w/{site.key}.js" in page
    assert "Waiting for the first report" in page
    progress = re.search(r'hx-get="([^"]+)"', page)
    assert progress
    assert client.get(progress[1]).status_code == 204

    app.test_client().get(f"/w/{site.key}.js", headers={"Referer": f"{ORIGIN}/a"})
    app.extensions["sightings"].settle()
    page = client.get(progress[1]).text
    assert f"The tag was seen on <strong>{ORIGIN}</strong>" in page
    progress = re.search(r'hx-get="([^"]+)"', page)
    assert progress
    assert client.get(progress[1]).status_code == 204

    app.test_client().post("/api/v1/submissions", json=body_for(site), headers={"Origin": ORIGIN})
    page = client.get(progress[1]).text
    assert "first report!" in page
    assert "<mark>recieve</mark>" in page
    assert "hx-get" not in page
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [each for each in actions if each != "account.logged_in"] == [
        "account.first_made",
        "site.added",
    ]


def test_nothing_is_set_up_twice(app: Flask, client: FlaskClient, form: dict[str, str]) -> None:
    client.post("/setup", data=form)

    stranger = app.test_client()
    answer = stranger.post("/setup", data={**form, "email": "second@news.example"})

    assert answer.location == "/login"
    assert "Ask them to invite you" in stranger.get("/login").text
    assert stranger.get("/setup").status_code == 404
    assert accounts() == [OWNER]


def test_process_that_did_not_see_it_lets_no_second_owner_in(
    app: Flask, client: FlaskClient, form: dict[str, str]
) -> None:
    assert client.get("/setup").status_code == 200
    with write_transaction() as session:
        add_user(session, EDITOR, PASSWORD)
    app.extensions["is_set_up"] = False

    assert client.post("/setup", data=form).location == "/login"
    assert accounts() == [EDITOR]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("token", {"token": ""}),
        ("token", {"token": "0" * 32}),
        ("token", {"token": "ключ"}),
        ("email", {"email": "nobody"}),
        ("email", {"email": ""}),
        ("password", {"password": "short", "password_confirm": "short"}),
        ("password", {"password_confirm": "something else"}),
    ],
)
def test_wrong_form_is_named_and_makes_nobody(
    client: FlaskClient, form: dict[str, str], field: str, change: dict[str, str]
) -> None:
    answer = client.post("/setup", data={**form, **change})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert accounts() == []


def test_guessing_is_throttled(settings: Settings, form: dict[str, str]) -> None:
    app = create_app(replace(settings, login_limit="3/minute"))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        Base.metadata.create_all(db.engine)
        client = app.test_client()
        answers = [
            client.post("/setup", data={**form, "token": f"{guess:032}"}).status_code
            for guess in range(4)
        ]
        right = client.post("/setup", data=form).status_code
        assert accounts() == []
        db.session.remove()
        db.engine.dispose()
        limiter.reset()

    assert answers == [422, 422, 422, 429]
    assert right == 429


def test_setup_wants_the_token_of_its_form(
    client: FlaskClient, app: Flask, settings: Settings, token: Callable[[str], str]
) -> None:
    page = client.get("/setup").text
    form = {
        "token": setup_token(settings),
        "email": OWNER,
        "password": PASSWORD,
        "password_confirm": PASSWORD,
    }
    assert client.post("/setup", data=form).status_code in (303, 400)
    assert accounts() == []

    assert client.post("/setup", data={**form, "csrf_token": token(page)}).status_code == 303
    assert accounts() == [OWNER]


def test_printed_address_fills_in_the_token(client: FlaskClient, settings: Settings) -> None:
    address = setup_address(settings).removeprefix(settings.public_url)
    page = client.get(address)

    assert f'value="{setup_token(settings)}"' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_token_is_of_the_secret_key_alone(settings: Settings) -> None:
    other = replace(settings, secret_key="another secret key, long enough for tests")

    assert setup_token(settings) == setup_token(replace(settings, public_url="https://x.example"))
    assert setup_token(settings) != setup_token(other)


def test_account_without_a_site_is_not_led_to_the_setup(
    editor_client: FlaskClient, site: Site, post: Submit
) -> None:
    with write_transaction() as session:
        session.delete(session.scalars(select(Membership)).one())

    assert editor_client.get("/").status_code == 200
    assert db.session.scalar(select(func.count()).select_from(User)) == 1
