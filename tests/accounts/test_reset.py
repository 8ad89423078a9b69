"""A forgotten password."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in
from smtp_server import MailServer
from sqlalchemy import select
from submissions import EDITOR, PASSWORD

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry, Delivery, User
from server.notify.account_mail import RESET_HOURS
from server.notify.deliver import deliver_due

NEW = {"password": "seven green kettles sing", "password_confirm": "seven green kettles sing"}

LinkIn = Callable[[], str]


@pytest.fixture(autouse=True)
def forms_without_token(app: Flask, editor: User) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def ask(client: FlaskClient, email: str = EDITOR) -> str:
    answer = client.post("/login/reset", data={"email": email}, follow_redirects=True)
    assert answer.status_code == 200
    # The page may repeat the address that was typed.
    return re.sub(r'value="[^"]*"', "", answer.text)


@pytest.fixture
def link(client: FlaskClient, link_in_last_mail: LinkIn) -> str:
    ask(client)
    return link_in_last_mail()


def test_log_in_page_leads_there(client: FlaskClient) -> None:
    assert 'href="/login/reset"' in client.get("/login").text


def test_link_gives_a_new_password(app: Flask, client: FlaskClient, link: str) -> None:
    assert "A new password" in client.get(link).text

    answer = client.post(link, data=NEW)

    assert answer.location == "/login"
    assert log_in(app.test_client(), password=NEW["password"])
    assert not log_in(app.test_client(), password=PASSWORD)


def test_answer_is_the_same_whether_there_is_an_account(
    client: FlaskClient, editor: User, mail_server: MailServer
) -> None:
    known, unknown = ask(client), ask(client, "nobody@news.example")
    with write_transaction() as session:
        session.get_one(User, editor.id).active = False
    closed = ask(client)

    assert known == unknown == closed
    assert "If there is an account of this address" in known


def test_unknown_and_closed_accounts_get_no_mail(
    client: FlaskClient, editor: User, mail_server: MailServer
) -> None:
    ask(client, "nobody@news.example")
    with write_transaction() as session:
        session.get_one(User, editor.id).active = False
    ask(client)

    deliver_due()

    assert mail_server.messages == []


def test_whoever_is_asked_about_a_password_is_hashed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing is what takes time: an address that has an account must not be faster."""
    hashed: list[str] = []
    for module in ("flask_security.views", "server.account_events"):
        monkeypatch.setattr(f"{module}.hash_password", lambda _text: hashed.append("once") or "")

    ask(client)
    known = len(hashed)
    ask(client, "nobody@news.example")

    assert (known, len(hashed) - known) == (1, 1)


def test_link_is_good_once(app: Flask, client: FlaskClient, link: str) -> None:
    client.post(link, data=NEW)

    again = app.test_client().post(
        link, data={"password": "an attacker chose it", "password_confirm": "an attacker chose it"}
    )

    assert again.location == "/login/reset"
    assert log_in(app.test_client(), password=NEW["password"])


def test_link_expires(client: FlaskClient, app: Flask, link: str) -> None:
    with time_machine.travel(now() + timedelta(hours=RESET_HOURS, minutes=1)):
        assert client.get(link).location == "/login/reset"
        assert client.post(link, data=NEW).location == "/login/reset"
    assert log_in(app.test_client())


def test_new_password_signs_out_everywhere(
    app: Flask, editor_client: FlaskClient, link: str
) -> None:
    app.test_client().post(link, data=NEW)

    assert editor_client.get("/").status_code == 302


def test_links_of_before_are_worthless_after(
    app: Flask, client: FlaskClient, link: str, link_in_last_mail: LinkIn
) -> None:
    with time_machine.travel(now() + timedelta(minutes=10)):
        ask(client)
        newer = link_in_last_mail()
        client.post(newer, data=NEW)

        assert newer != link
        assert client.get(link).location == "/login/reset"


def test_weak_password_is_refused(client: FlaskClient, link: str, app: Flask) -> None:
    answer = client.post(link, data={"password": EDITOR, "password_confirm": EDITOR})

    assert "must not be the e-mail address" in answer.text
    assert log_in(app.test_client())


def test_account_is_told_that_its_password_changed(
    client: FlaskClient, link: str, mail_server: MailServer
) -> None:
    client.post(link, data=NEW)
    deliver_due()

    assert mail_server.messages[-1]["Subject"] == "Your Copydesk password was changed"
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"account.reset_asked", "account.password_reset"} <= actions


def test_asking_again_and_again_fills_no_mailbox(
    client: FlaskClient, mail_server: MailServer
) -> None:
    with time_machine.travel("2026-11-28T12:00:01Z", tick=False):
        for _ in range(5):
            ask(client)
        deliver_due()

    assert len(mail_server.messages) == 1


def test_mail_that_comes_too_late_is_not_sent(client: FlaskClient, mail_server: MailServer) -> None:
    ask(client)
    with time_machine.travel(now() + timedelta(hours=RESET_HOURS, minutes=1)):
        deliver_due()

    assert mail_server.messages == []
    assert db.session.scalars(select(Delivery.state)).one() == "failed"


def test_no_row_keeps_the_link(link: str) -> None:
    delivery = db.session.scalars(select(Delivery)).one()

    assert link.rpartition("/")[2] not in delivery.text + delivery.html + str(delivery.details)


def test_link_carries_the_configured_address_whatever_host_was_asked(
    client: FlaskClient, mail_server: MailServer
) -> None:
    client.post("/login/reset", data={"email": EDITOR}, base_url="http://127.0.0.1")
    deliver_due()

    text = str(mail_server.messages[-1].get_body(("plain",)).get_content())
    assert "http://localhost:8000/login/reset/" in text
