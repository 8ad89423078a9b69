"""What guards an account and what the log says of it stand or fall together, whatever breaks down
between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.recoverable import generate_reset_password_token
from log_ins import passkey_of
from passlib.totp import TOTP
from sqlalchemy import select
from submissions import EDITOR, PASSWORD

from server import account_events, second_factor, tasks
from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry, Delivery, LoginSession, Passkey, User

CHOSEN = "seven green kettles sing"
Act = Callable[[Flask, FlaskClient], Any]


class BreakdownError(Exception):
    """The process is gone."""


def change_password(app: Flask, client: FlaskClient) -> None:
    form = {"password": PASSWORD, "new_password": CHOSEN, "new_password_confirm": CHOSEN}
    client.post("/account/password", data=form)


def reset_password(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        token = generate_reset_password_token(db.session.scalars(select(User)).one())
    form = {"password": CHOSEN, "password_confirm": CHOSEN}
    app.test_client().post(f"/login/reset/{token}", data=form)


def set_authenticator(app: Flask, client: FlaskClient) -> None:
    page = client.post("/account/authenticator", data={"setup": "authenticator"}).text
    key = re.search(r"<code>([A-Z2-7 -]+)</code>", page)
    action = re.search(r'action="(/account/authenticator/[^"]+)"', page)
    assert key
    assert action
    phone = TOTP(key=key[1])
    client.post(action[1], data={"code": phone.generate(phone.now()).token})


def turn_authenticator_off(app: Flask, client: FlaskClient) -> None:
    client.post("/account/authenticator", data={"setup": "disable"})


def make_recovery_codes(app: Flask, client: FlaskClient) -> None:
    client.post("/account/recovery-codes", data={"generate_new_codes": "y"})


def remove_passkey(app: Flask, client: FlaskClient) -> None:
    client.post("/account/passkeys/remove", data={"name": "Phone"})


ACTS: dict[str, Act] = {
    "account.password_changed": change_password,
    "account.password_reset": reset_password,
    "account.authenticator_set": set_authenticator,
    "account.authenticator_off": turn_authenticator_off,
    "account.recovery_codes_made": make_recovery_codes,
    "account.passkey_removed": remove_passkey,
}


@pytest.fixture
def guarded(app: Flask, editor_client: FlaskClient) -> FlaskClient:
    """The editor, who has a passkey and an authenticator, in a browser."""
    security = app.extensions["security"]
    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        user.tf_primary_method = "authenticator"
        user.tf_totp_secret = security.totp_factory.generate_totp_secret()
        session.add(passkey_of(user, "Phone"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return editor_client


def state() -> tuple[object, ...]:
    """All that such an act touches, and what is noted and owed of it."""
    db.session.rollback()
    db.session.expire_all()
    user = db.session.scalars(select(User)).one()
    return (
        user.password,
        user.fs_uniquifier,
        user.tf_totp_secret,
        user.tf_last_counter,
        user.mf_recovery_codes,
        len(db.session.scalars(select(Passkey)).all()),
        sorted(db.session.scalars(select(LoginSession.id))),
        len(db.session.scalars(select(Delivery)).all()),
        sorted(db.session.scalars(select(AuditEntry.action))),
    )


@pytest.mark.parametrize("action", ACTS)
def test_act_is_noted(app: Flask, guarded: FlaskClient, action: str) -> None:
    before = state()

    ACTS[action](app, guarded)

    assert action in state()[-1]
    assert state()[:-1] != before[:-1]


@pytest.mark.parametrize("action", ACTS)
def test_what_cannot_be_noted_is_not_done(
    app: Flask, guarded: FlaskClient, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    before = state()

    def fail(session: Any, what: str, **_more: Any) -> None:
        if what == action:
            raise BreakdownError

    monkeypatch.setattr(account_events, "record", fail)
    monkeypatch.setattr(second_factor, "record", fail)
    ACTS[action](app, guarded)

    assert state() == before


@pytest.mark.parametrize("action", ACTS)
def test_what_is_not_kept_is_not_noted(
    app: Flask, guarded: FlaskClient, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    before = state()

    def fail(self: Any) -> None:
        raise BreakdownError

    monkeypatch.setattr(SQLAlchemyUserDatastore, "commit", fail)
    ACTS[action](app, guarded)

    assert state() == before


def test_mail_about_a_new_password_is_announced_when_it_can_be_seen(
    app: Flask, editor_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def ring() -> None:
        with db.engine.connect() as connection:
            seen.append(len(connection.execute(select(Delivery.id)).all()))

    monkeypatch.setattr(tasks, "ring", ring)
    change_password(app, editor_client)

    assert seen == [1]


def test_used_recovery_code_is_noted_with_the_log_in(
    app: Flask, guarded: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = guarded.post("/account/recovery-codes", data={"generate_new_codes": "y"}).text
    found = re.search(r'<pre class="codes"[^>]*>([^<]+)<', page)
    assert found
    browser = app.test_client()
    browser.post("/login", data={"email": EDITOR, "password": PASSWORD})

    browser.post("/mf-recovery", data={"code": found[1].split()[0]})

    assert browser.get("/").status_code == 200
    assert {"account.recovery_code_used", "account.logged_in"} <= set(state()[-1])


def test_log_out_is_noted(editor_client: FlaskClient) -> None:
    editor_client.post("/logout")

    assert "account.logged_out" in state()[-1]
    assert state()[6] == []
