"""What guards an account: password, authenticator, recovery codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from submissions import EDITOR, PASSWORD
from werkzeug.test import TestResponse

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db, limiter
from server.models import User
from server.second_factor import SingleUseTotp, totp_keys
from server.sites import close_account, reset_access, user_of

NEW_PASSWORD = "another long password"

LogIn = Callable[..., TestResponse]


@pytest.fixture
def log_in(app: Flask, editor_client: FlaskClient) -> LogIn:
    """A second browser logs in with the password; ``client`` is that browser."""

    def send(client: FlaskClient, password: str = PASSWORD) -> TestResponse:
        return client.post("/login", data={"email": EDITOR, "password": password})

    return send


def authenticator_of(page: str) -> TOTP:
    """The phone that scanned the page's picture."""
    key = re.search(r"<code>([A-Z2-7 -]+)</code>", page)
    assert key, page
    return TOTP(key=key[1])


def code_of(phone: TOTP, steps_later: int = 0) -> str:
    return phone.generate(phone.now() + 30 * steps_later).token


@pytest.fixture
def phone(editor_client: FlaskClient) -> TOTP:
    """The editor has set an authenticator up."""
    page = editor_client.post("/account/authenticator", data={"setup": "authenticator"}).text
    phone = authenticator_of(page)
    action = re.search(r'action="(/account/authenticator/[^"]+)"', page)
    assert action, page
    answer = editor_client.post(action[1], data={"code": code_of(phone, -1)})
    assert answer.location == "/account/recovery-codes"
    return phone


@pytest.fixture
def recovery_codes(editor_client: FlaskClient, phone: TOTP) -> list[str]:
    page = editor_client.post("/account/recovery-codes", data={"generate_new_codes": "y"}).text
    found = re.search(r'<pre class="codes"[^>]*>([^<]+)<', page)
    assert found, page
    return found[1].split()


def test_password_is_changed_with_the_present_one_and_signs_out_elsewhere(
    app: Flask, editor_client: FlaskClient, log_in: LogIn
) -> None:
    elsewhere = app.test_client()
    log_in(elsewhere)

    answer = editor_client.post(
        "/account/password",
        data={
            "password": PASSWORD,
            "new_password": NEW_PASSWORD,
            "new_password_confirm": NEW_PASSWORD,
        },
    )

    assert answer.location == "/account"
    assert editor_client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert log_in(app.test_client(), PASSWORD).status_code == 200
    assert log_in(app.test_client(), NEW_PASSWORD).location == "/"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"password": "not the present one"}, "password"),
        ({"new_password": "short", "new_password_confirm": "short"}, "10 characters"),
        ({"new_password_confirm": "something else here"}, "do not match"),
    ],
)
def test_password_stays_where_the_form_is_wrong(
    app: Flask, editor_client: FlaskClient, log_in: LogIn, changes: dict[str, str], reason: str
) -> None:
    form = {
        "password": PASSWORD,
        "new_password": NEW_PASSWORD,
        "new_password_confirm": NEW_PASSWORD,
    }

    page = editor_client.post("/account/password", data=form | changes).text

    alerts = " ".join(re.findall(r'role="alert">([^<]+)<', page))
    assert reason in alerts.lower()
    assert log_in(app.test_client()).location == "/"


def test_authenticator_is_on_only_after_its_first_code(
    app: Flask, editor_client: FlaskClient, log_in: LogIn
) -> None:
    page = editor_client.post("/account/authenticator", data={"setup": "authenticator"}).text
    action = re.search(r'action="(/account/authenticator/[^"]+)"', page)
    assert action

    editor_client.post(action[1], data={"code": "000000"})

    assert log_in(app.test_client()).location == "/"


def test_login_asks_for_a_code_and_takes_it(app: Flask, phone: TOTP, log_in: LogIn) -> None:
    browser = app.test_client()

    answer = log_in(browser)

    assert "/tf-validate" in answer.location
    assert browser.get("/").status_code == 302, "the password alone opens nothing"
    assert "The code that your authenticator shows" in browser.get(answer.location).text
    assert browser.post("/tf-validate", data={"code": "000000"}).status_code == 200
    assert browser.get("/").status_code == 302
    browser.post("/tf-validate", data={"code": code_of(phone)})
    assert browser.get("/").status_code == 200


def test_no_code_is_good_twice(app: Flask, phone: TOTP, log_in: LogIn) -> None:
    code = code_of(phone)
    first, second = app.test_client(), app.test_client()
    log_in(first)
    first.post("/tf-validate", data={"code": code})
    log_in(second)

    second.post("/tf-validate", data={"code": code})

    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 302


def test_recovery_code_logs_in_once(app: Flask, recovery_codes: list[str], log_in: LogIn) -> None:
    first, second = app.test_client(), app.test_client()
    log_in(first)
    first.post("/mf-recovery", data={"code": recovery_codes[0]})
    log_in(second)

    page = second.post("/mf-recovery", data={"code": recovery_codes[0]}).text

    assert len(set(recovery_codes)) == 10
    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 302
    assert 'role="alert"' in page


def test_second_step_leads_where_one_wanted_to_go_by_either_code(
    app: Flask, recovery_codes: list[str]
) -> None:
    browser = app.test_client()
    asked = browser.post("/login?next=/statistics", data={"email": EDITOR, "password": PASSWORD})

    there = re.search(r'href="(/mf-recovery[^"]+)"', browser.get(asked.location).text)
    assert there
    back = re.search(r'href="(/tf-validate[^"]+)"', browser.get(there[1]).text)
    action = re.search(r'action="(/mf-recovery[^"]+)"', browser.get(there[1]).text)
    assert back
    assert action
    answer = browser.post(action[1], data={"code": recovery_codes[0]})

    assert back[1] == asked.location
    assert answer.location == "/statistics"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_no_second_step_and_no_proof_leads_elsewhere(
    app: Flask, editor_client: FlaskClient, recovery_codes: list[str], target: str
) -> None:
    browser, query = app.test_client(), {"next": target}
    browser.post("/login", data={"email": EDITOR, "password": PASSWORD})

    step = browser.post("/mf-recovery", query_string=query, data={"code": recovery_codes[0]})
    proof = editor_client.post("/verify", query_string=query, data={"password": PASSWORD})

    # Where a form is told of such an address, it is refused.
    assert {step.location, proof.location} <= {"/", None}


def test_secrets_are_not_stored_as_they_are(phone: TOTP, recovery_codes: list[str]) -> None:
    user = db.session.query(User).one()

    assert user.tf_totp_secret
    assert phone.base32_key not in user.tf_totp_secret
    assert not set(recovery_codes) & set(user.mf_recovery_codes or ())


def test_authenticator_that_is_turned_on_leads_on_to_recovery_codes(
    editor_client: FlaskClient, phone: TOTP
) -> None:
    page = editor_client.get("/account/recovery-codes").text

    assert "The authenticator is on: log-in now asks for its code, too." in page
    assert "You have no recovery codes: with the phone you would lose the account." in page


def test_another_phone_leads_back_where_there_are_recovery_codes(
    editor_client: FlaskClient, recovery_codes: list[str]
) -> None:
    page = editor_client.post("/account/authenticator", data={"setup": "authenticator"}).text
    action = re.search(r'action="(/account/authenticator/[^"]+)"', page)
    assert action, page
    answer = editor_client.post(action[1], data={"code": code_of(authenticator_of(page))})

    assert answer.location == "/account"


def test_passkey_may_be_of_the_device_or_carried_around(editor_client: FlaskClient) -> None:
    page = editor_client.post("/account/passkeys", data={"name": "Laptop", "usage": "first"}).text

    assert "residentKey" in page
    assert "authenticatorAttachment" not in page


def test_authenticator_can_be_turned_off(
    app: Flask, editor_client: FlaskClient, phone: TOTP, log_in: LogIn
) -> None:
    editor_client.post("/account/authenticator", data={"setup": "disable"})

    assert log_in(app.test_client()).location == "/"


def test_what_guards_the_account_asks_who_it_is_after_a_while(
    editor_client: FlaskClient,
) -> None:
    with editor_client.session_transaction() as session:
        session["fs_paa"] = 0.0
        session.pop("fs_gexp", None)

    for address in ("/account/authenticator", "/account/passkeys", "/account/recovery-codes"):
        answer = editor_client.get(address)
        assert answer.location.startswith("/verify"), address
    page = editor_client.get("/verify?next=/account/passkeys").text
    assert "Is it you?" in page
    answer = editor_client.post("/verify?next=/account/passkeys", data={"password": PASSWORD})
    assert answer.location == "/account/passkeys"


def test_guesses_at_codes_and_passwords_count_together(
    settings: Settings, app: Flask, phone: TOTP, log_in: LogIn
) -> None:
    limiter.reset()
    strict = create_app(replace(settings, login_limit="4/minute"))
    strict.config["WTF_CSRF_ENABLED"] = False
    browser = strict.test_client()
    log_in(browser)

    answers = [browser.post("/tf-validate", data={"code": f"00000{n}"}) for n in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


def test_lost_phone_cannot_be_reported_by_mail(app: Flask, phone: TOTP, log_in: LogIn) -> None:
    browser = app.test_client()
    log_in(browser)

    answer = browser.post("/tf-rescue", data={"help_setup": "help"})

    assert answer.location == "/mf-recovery"


def test_reset_ends_sessions_and_turns_the_second_factor_off(
    app: Flask, editor_client: FlaskClient, recovery_codes: list[str], log_in: LogIn
) -> None:
    with write_transaction() as session:
        reset_access(user_of(session, EDITOR), NEW_PASSWORD, second_factor=True)

    assert editor_client.get("/account").status_code == 302
    assert log_in(app.test_client(), PASSWORD).status_code == 200
    assert log_in(app.test_client(), NEW_PASSWORD).location == "/"


def test_closed_account_is_logged_out_and_cannot_log_in(
    app: Flask, editor_client: FlaskClient, log_in: LogIn
) -> None:
    with write_transaction() as session:
        close_account(user_of(session, EDITOR))

    assert editor_client.get("/account").status_code == 302
    assert log_in(app.test_client()).status_code == 200


def test_authenticator_outlives_a_new_secret_key(editor: User) -> None:
    old = SingleUseTotp(totp_keys(["the first secret key"]), "Copydesk")
    stored = old.generate_totp_secret()

    new = SingleUseTotp(totp_keys(["the second secret key", "the first secret key"]), "Copydesk")

    assert new.get_totp_pretty_key(stored) == old.get_totp_pretty_key(stored)
    assert new.verify_totp(old.generate_totp_password(stored), stored, editor)
