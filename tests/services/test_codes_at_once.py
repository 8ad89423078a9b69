"""A code of the second factor is good once, also where it comes twice in the same moment."""

from __future__ import annotations

from functools import partial

import pytest
from at_once import at_once
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, ORIGIN, PASSWORD

from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry
from server.sites import add_member, add_site, add_user

pytestmark = pytest.mark.usefixtures("database_url")


@pytest.fixture
def app(app: Flask) -> Flask:
    """Its forms need no CSRF token here."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def codes(app: Flask) -> dict[str, str]:
    """One code for each page that takes one."""
    security = app.extensions["security"]
    with write_transaction() as session:
        site = add_site(session, "The News", [ORIGIN])
        user = add_user(session, EDITOR, PASSWORD)
        add_member(session, user, site, "owner")
        user.tf_primary_method = "authenticator"
        user.tf_totp_secret = security.totp_factory.generate_totp_secret()
        recovery = security.mf_recovery_codes_util.create_recovery_codes(user)[0]
        code = security.totp_factory.generate_totp_password(user.tf_totp_secret)
    return {"/tf-validate": code, "/mf-recovery": recovery}


@pytest.mark.parametrize("page", ["/tf-validate", "/mf-recovery"])
def test_code_logs_one_browser_in(app: Flask, codes: dict[str, str], page: str) -> None:
    browsers = [app.test_client() for _ in range(4)]
    for browser in browsers:
        browser.post("/login", data={"email": EDITOR, "password": PASSWORD})

    def send(browser: FlaskClient) -> bool:
        browser.post(page, data={"code": codes[page]})
        return browser.get("/account").status_code == 200

    logged_in = at_once([partial(send, browser) for browser in browsers])

    assert sorted(logged_in) == [False, False, False, True]
    db.session.rollback()
    actions = list(db.session.scalars(select(AuditEntry.action)))
    assert actions.count("account.logged_in") == 1
