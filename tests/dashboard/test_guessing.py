"""Guessing passwords is slowed down, and closes nothing for whoever knows them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from submissions import EDITOR, PASSWORD

from server.config import Settings
from server.database import write_transaction
from server.models import User
from server.sites import reset_access


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, login_limit="3/minute", login_account_limit="5/hour")


@pytest.fixture(autouse=True)
def somebody(app: Flask, editor: User) -> None:
    """Where nobody is, everything leads to the first run. Forms need no token here."""
    app.config["WTF_CSRF_ENABLED"] = False


def test_guessing_is_slowed_down_for_one_network(app: Flask) -> None:
    guess = {"email": EDITOR, "password": "a guess"}

    answers = [app.test_client().post("/login", data=guess) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Too many attempts" in answers[3].text
    assert 0 < int(answers[3].headers["Retry-After"]) <= 61
    elsewhere = app.test_client().post(
        "/login", data=guess, environ_base={"REMOTE_ADDR": "198.51.100.7"}
    )
    assert elsewhere.status_code == 200


def test_guessing_is_slowed_down_for_one_account_wherever_it_comes_from(
    app: Flask,
) -> None:
    def guess(number: int, email: str = EDITOR, password: str = "a guess") -> int:
        return (
            app.test_client()
            .post(
                "/login",
                data={"email": email, "password": password},
                environ_base={"REMOTE_ADDR": f"198.51.100.{number}"},
            )
            .status_code
        )

    nobody, somebody = "nobody@news.example", EDITOR
    for email in (nobody, somebody):
        # Neither the words nor the count tell whether there is such an account.
        tried = [email, email.upper(), f" {email}", email, email, email]
        answers = [guess(number, each) for number, each in enumerate(tried)]
        assert answers == [200] * 5 + [429], email
    assert guess(9, password=PASSWORD) == 429
    assert guess(10, "other@news.example") == 200
    with write_transaction() as session:
        user = session.scalars(select(User).where(User.email == EDITOR)).one()
        reset_access(user, PASSWORD, second_factor=False)
    assert guess(11, password=PASSWORD) == 302


def test_right_passwords_count_for_nothing(app: Flask) -> None:
    for number in range(8):
        answer = app.test_client().post(
            "/login",
            data={"email": EDITOR, "password": PASSWORD},
            environ_base={"REMOTE_ADDR": f"198.51.100.{number}"},
        )
        assert answer.status_code == 302


def test_guessing_does_not_lock_the_form_itself(app: Flask) -> None:
    for _ in range(5):
        assert app.test_client().get("/login").status_code == 200
