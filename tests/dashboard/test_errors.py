"""What an editor sees when something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from server.extensions import db

RUSSIAN = {"Accept-Language": "ru"}


@pytest.fixture
def faulty(app: Flask) -> Flask:
    """The application with pages that fail."""

    def fail() -> str:
        raise ZeroDivisionError

    def lose() -> str:
        db.session.execute(text("SELECT * FROM no_such_table"))
        return ""

    def refuse(code: int) -> str:
        abort(code)

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/fails", "fails", fail, methods=["GET", "POST"])
    app.add_url_rule("/loses", "loses", lose)
    app.add_url_rule("/refuses/<int:code>", "refuses", refuse)
    return app


@pytest.fixture
def no_database(app: Flask) -> Iterator[None]:
    """Whoever asks the database has made a mistake."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield
    event.remove(Engine, "before_cursor_execute", note)
    assert asked == []


@pytest.mark.parametrize("code", [403, 404, 405, 409, 413, 414, 415, 429, 431])
def test_a_refusal_is_a_page_in_the_words_of_the_account_and_leads_back(
    faulty: Flask, editor_client: FlaskClient, code: int
) -> None:
    editor_client.post("/account/language", data={"language": "ru"})
    answer = editor_client.get(f"/refuses/{code}")
    assert answer.status_code == code
    assert answer.mimetype == "text/html"
    assert 'lang="ru"' in answer.text
    assert "К сообщениям" in answer.text


def test_a_failure_is_a_page_that_leads_back_and_asks_no_database(
    faulty: Flask, client: FlaskClient, no_database: None
) -> None:
    answer = client.get("/fails", headers=RUSSIAN)
    assert answer.status_code == 500
    assert answer.mimetype == "text/html"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert 'lang="ru"' in answer.text
    assert "Что-то пошло не так" in answer.text
    assert "Попробовать ещё раз" in answer.text
    assert 'href="/"' in answer.text


def test_a_failure_is_in_the_words_of_the_account_without_asking_for_it(
    faulty: Flask, editor_client: FlaskClient
) -> None:
    editor_client.post("/account/language", data={"language": "ru"})
    editor_client.get("/account")

    def refuse(*more: object) -> None:
        raise ConnectionError("gone")

    event.listen(Engine, "before_cursor_execute", refuse)
    try:
        answer = editor_client.get("/", headers={"Accept-Language": "en"})
    finally:
        event.remove(Engine, "before_cursor_execute", refuse)
    assert answer.status_code == 500
    assert "что-то пошло не так" in answer.text


def test_a_form_that_failed_is_not_sent_again_by_a_link(faulty: Flask, client: FlaskClient) -> None:
    faulty.config["WTF_CSRF_ENABLED"] = False
    answer = client.post("/fails")
    assert answer.status_code == 500
    assert "Try again" not in answer.text
    assert "To the reports" in answer.text


def test_a_database_out_of_order_is_a_page_that_says_when_to_come_back(
    faulty: Flask, client: FlaskClient
) -> None:
    answer = client.get("/loses")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "The database does not answer" in answer.text
    assert "Try again" in answer.text


def test_somebody_who_is_logged_in_sees_a_failure_while_the_database_is_gone(
    faulty: Flask, editor_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*more: object) -> None:
        raise ConnectionError("gone")

    event.listen(Engine, "before_cursor_execute", refuse)
    try:
        answer = editor_client.get("/statistics")
    finally:
        event.remove(Engine, "before_cursor_execute", refuse)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
