"""What readers send is text on every page and in every mail: no markup, no script, no header."""

from __future__ import annotations

import email
from email.message import Message
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from smtp_server import MailServer
from sqlalchemy import select
from submissions import PAGE_URL, Submit

from server.extensions import db
from server.models import Delivery, Report
from server.notify.deliver import deliver_due

# Each tries to make an element or an attribute of this name, or to run it.
MARK = "xss7"
CORPUS = [
    f"<{MARK}>",
    f"<script {MARK}>alert(1)</script>",
    f"<img src=x onerror={MARK}()>",
    f'" {MARK}=1 x="',
    f"' {MARK}=1 x='",
    f"` {MARK}=1",
    f"</title><{MARK}>",
    f"</textarea></style></script><{MARK}>",
    f"--><{MARK}><!--",
    f"<svg/onload={MARK}()>",
    f"<a href=javascript:{MARK}()>x</a>",
    f"&lt;{MARK}&gt;&#60;{MARK}>",
    f"{{{{ '<{MARK}>'|safe }}}}{{% raw %}}<{MARK}>",
    f"\u2028<{MARK}>\u2029",
    f"\x0b<{MARK}\x0c>",
    f"＜{MARK}＞<\u200b{MARK}>",
    f"<bdo dir=rtl {MARK}>\u202e",
    f"]]><{MARK}>",
]
HEADERS = "\r\nBcc: all@evil.example\r\nX-Evil: 1\r\n\r\n"


class Elements(HTMLParser):
    """The elements and attributes that readers' text has made."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.made: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if MARK in name or name.startswith("on") or name == "srcdoc":
                self.made.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and value:
                scheme = value.strip().lower().partition(":")[0]
                if scheme in ("javascript", "data", "vbscript"):
                    self.made.append(f"{tag} {name}={value}")
        if MARK in tag:
            self.made.append(tag)


def made_by(page: str) -> list[str]:
    parser = Elements()
    parser.feed(page)
    return parser.made


@pytest.fixture(params=CORPUS, ids=ascii)
def report(request: pytest.FixtureRequest, submit: Submit) -> Report:
    """A report whose every text is hostile, told to the editor, and joined by spam."""
    text = request.param
    hostile = {
        "selector__exact": text,
        "selector__prefix": text,
        "selector__suffix": text,
        "passage": {"before": text, "after": text},
        "suggestion": f"{text}!",
        "comment": text,
        "page__title": text,
        "page__language": text[:35],
        "page__author": text,
        "page__section": text,
        "page__url": f"{PAGE_URL}?a=%22%3E%3C{MARK}%3E",
    }
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
