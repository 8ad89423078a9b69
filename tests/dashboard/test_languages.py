"""The dashboard speaks the account's language, else the browser's, else English."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, PASSWORD

from server.database import write_transaction
from server.extensions import db
from server.models import Membership, Report, Site, User

RUSSIAN = '<html lang="ru" dir="ltr">'
ENGLISH = '<html lang="en" dir="ltr">'


def choose(editor: User, language: str) -> None:
    with write_transaction() as session:
        session.get_one(User, editor.id).language = language


@pytest.mark.parametrize(
    ("account", "browser", "spoken"),
    [
        ("", "", ENGLISH),
        ("", "ru", RUSSIAN),
        ("", "tlh, ru-RU;q=0.8, en;q=0.5", RUSSIAN),
        ("", "en-GB, ru;q=0.5", ENGLISH),
        ("", "not; a, header,,;q=x", ENGLISH),
        ("ru", "en", RUSSIAN),
        ("en", "ru", ENGLISH),
    ],
)
def test_pages_speak_the_accounts_language_else_the_browsers(
    editor_client: FlaskClient, editor: User, account: str, browser: str, spoken: str
) -> None:
    choose(editor, account)

    page = editor_client.get("/statistics", headers={"Accept-Language": browser}).text

    assert spoken in page
    assert ("Статистика" in page) == (spoken == RUSSIAN)


def test_log_in_speaks_the_browsers_language(editor: User, client: FlaskClient) -> None:
    headers = {"Accept-Language": "ru"}

    assert RUSSIAN in client.get("/login", headers=headers).text


def test_log_in_says_in_the_browsers_language_what_is_wrong(
    app: Flask, editor: User, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False

    page = client.post(
        "/login",
        data={"email": EDITOR, "password": "wrong"},
        headers={"Accept-Language": "ru"},
    ).text

    assert "Неверный адрес или пароль." in page


def test_errors_speak_the_accounts_language(editor_client: FlaskClient, editor: User) -> None:
    choose(editor, "ru")

    page = editor_client.get("/reports/1")

    assert page.status_code == 404
    assert RUSSIAN in page.text
    assert "Здесь ничего нет" in page.text


def test_notices_speak_the_accounts_language(
    editor_client: FlaskClient, editor: User, report: Report
) -> None:
    choose(editor, "ru")

    page = editor_client.post(
        f"/reports/{report.public_id}/fixed",
        data={"version": report.version},
        follow_redirects=True,
    ).text

    assert "Отмечено как исправленное" in page
    assert "«recieve»" in page


def test_answers_to_programs_are_english_whatever_is_asked_for(client: FlaskClient) -> None:
    headers = {"Accept-Language": "ru"}

    answer = client.get("/api/v1/nothing", headers=headers)
    refused = client.post("/api/v1/submissions", data=json.dumps({}), headers=headers)

    assert answer.json
    assert answer.json["title"] == "Not Found"
    assert refused.json
    assert refused.json["title"].isascii()


def test_language_is_chosen_on_the_account_page(editor_client: FlaskClient, editor: User) -> None:
    page = editor_client.get("/account").text
    assert '<option value="ru" lang="ru">русский</option>' in page

    answer = editor_client.post("/account/language", data={"language": "ru"}, follow_redirects=True)

    assert "Сохранено." in answer.text
    assert RUSSIAN in answer.text
    assert '<option value="ru" lang="ru" selected>' in answer.text
    db.session.refresh(editor)
    assert editor.language == "ru"


def test_language_that_we_do_not_speak_is_refused(editor_client: FlaskClient, editor: User) -> None:
    answer = editor_client.post(
        "/account/language", data={"language": "tlh"}, follow_redirects=True
    )

    assert "is not one of en, ru." in answer.text
    db.session.refresh(editor)
    assert editor.language == ""


def test_language_is_not_chosen_by_a_get_or_without_log_in(
    client: FlaskClient, editor_client: FlaskClient
) -> None:
    assert editor_client.get("/account/language").location == "/account"
    assert "/login" in client.post("/account/language", data={"language": "ru"}).location


def test_log_in_reads_what_the_account_chose_at_once(
    app: Flask, editor: User, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    choose(editor, "ru")

    answer = client.post(
        "/login", data={"email": EDITOR, "password": PASSWORD}, follow_redirects=True
    )

    assert RUSSIAN in answer.text


REFUSED = [
    ("/sites/add", {"name": "", "language": "ru", "origins": "https://post.example"}),
    ("/sites/add", {"name": "The News", "language": "ru", "origins": "https://post.example"}),
    ("/sites/add", {"name": "Post", "language": "на русском", "origins": "https://p.example"}),
    ("/sites/add", {"name": "Post", "language": "ru", "origins": ""}),
    ("/sites/add", {"name": "Post", "language": "ru", "origins": "post.example"}),
    ("/sites/add", {"name": "Post", "language": "ru", "origins": f"https://{'a.' * 160}example"}),
    ("{site}/settings", {"name": "The News", "language": "ru", "zone": "Atlantis"}),
    ("{site}/settings/origins/remove", {"origin": "https://other.example"}),
    ("{site}/settings/origins/remove", {"origin": "https://news.example"}),
    ("{site}/people/invite", {"email": "nobody", "role": "editor"}),
    ("{site}/people/invite", {"email": "cy@news.example", "role": "king"}),
    ("{site}/recipients/add", {"address": "nobody", "mode": "daily"}),
    ("{site}/protection/block", {"kind": "network", "pattern": "news.example"}),
    ("{site}/protection/block", {"kind": "word", "pattern": "*"}),
    ("{site}/protection/block", {"kind": "word", "pattern": "casino", "reason": "x" * 201}),
    ("{site}/data", {"retention-days": "3"}),
    ("{site}/data/erase-reader", {"reader": "nobody@"}),
    ("/reports/{report}/note", {"version": "1", "note": " "}),
    ("/reports/{report}/note", {"version": "1", "note": "x" * 2_001}),
    ("/reports/{report}/correct", {"version": "1", "correction": "x" * 1_001}),
    ("{site}/widget", {"accent": "no colour", "mode": "full"}),
    ("{site}/widget", {"min": "9", "max": "2"}),
]


@pytest.mark.parametrize(("address", "form"), REFUSED)
def test_what_is_wrong_is_said_in_the_accounts_language(
    editor_client: FlaskClient,
    editor: User,
    site: Site,
    report: Report,
    address: str,
    form: dict[str, str],
) -> None:
    choose(editor, "ru")
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"

    answer = editor_client.post(
        address.format(site=f"/sites/{site.key}", report=report.public_id), data=form
    )

    assert answer.status_code == 422
    (words,) = re.findall(r'class="error"[^>]*>([^<]+)<', answer.text)
    assert re.search("[а-я]{2}", words), words
    assert not re.search("must|already|this|needed|[a-z]+ is ", words.lower()), words
