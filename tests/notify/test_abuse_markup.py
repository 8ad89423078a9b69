"""What readers send is text on every page and in every mail: no markup, no script, no header."""

from __future__ import annotations

import email
from email.message import Message

import pytest
from flask.testing import FlaskClient
from hostile import CORPUS, HIDDEN, MARK, SHOWN, fields_with, made_by, text_of
from smtp_server import MailServer
from sqlalchemy import select
from submissions import Submit

from server.extensions import db
from server.models import Delivery, Report
from server.notify.deliver import deliver_due

HEADERS = "\r\nBcc: all@evil.example\r\nX-Evil: 1\r\n\r\n"


@pytest.fixture(params=CORPUS, ids=ascii)
def report(request: pytest.FixtureRequest, submit: Submit) -> Report:
    """A report whose every text is hostile, told to the editor, and joined by spam."""
    text = request.param
    hostile = fields_with(text)
    assert submit(**hostile, widget=text[:32]).status_code == 201
    assert submit(**hostile, website=text).status_code == 200
    deliver_due()
    db.session.rollback()
    return db.session.scalars(select(Report)).one()


def test_pages_and_mails_show_markup_as_text(
    report: Report, editor_client: FlaskClient, mail_server: MailServer
) -> None:
    delivery = db.session.scalars(select(Delivery)).one()
    pages = [
        "/",
        "/?view=all",
        f"/reports/{report.public_id}",
        "/deliveries",
        f"/deliveries/{delivery.public_id}",
        f"/deliveries/{delivery.public_id}/html",
        "/statistics",
        "/notifications",
        "/api/docs",
    ]
    for page in pages:
        answer = editor_client.get(page)
        assert answer.status_code == 200, page
        assert made_by(answer.text) == [], page
    assert delivery.html
    assert made_by(delivery.html) == []
    assert MARK in editor_client.get(f"/reports/{report.public_id}").text


def test_the_spam_view_shows_markup_as_text(submit: Submit, editor_client: FlaskClient) -> None:
    for number, text in enumerate(CORPUS):
        submit(selector__exact=f"word {number}", comment=text, website=text)

    page = editor_client.get("/?view=spam").text
    assert made_by(page) == []
    assert MARK in page


def test_nothing_a_reader_sends_reaches_a_header(submit: Submit, mail_server: MailServer) -> None:
    submit(
        selector__exact=f"recieve{HEADERS}",
        suggestion=f"receive{HEADERS}",
        comment=HEADERS,
        page__title=f"Title{HEADERS}",
        page__language="en\r\nX-Evil: 1",
        page__author=HEADERS,
        page__section=HEADERS,
    )
    deliver_due()

    raw = mail_server.raw[0]
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    assert b"evil" not in head.lower()
    assert b"recieve" not in head
    message: Message = email.message_from_bytes(raw)
    assert message["Bcc"] is None
    assert message["To"] == "editor@news.example"
    assert message["Content-Language"] is None or "evil" not in message["Content-Language"].lower()


def test_pages_show_what_hides(submit: Submit, editor_client: FlaskClient) -> None:
    submit(**fields_with(HIDDEN))
    report = db.session.scalars(select(Report)).one()

    for path in ("/", f"/reports/{report.public_id}"):
        page = text_of(editor_client.get(path).text)
        assert not set(page) & set("\u202e\u2066\x07"), path
        assert all(name in page for name in SHOWN), path
