"""Mails under attack: from whom and to whom, what in them can be followed, and when they come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from flask.testing import FlaskClient
from smtp_server import MailServer
from sqlalchemy import select
from submissions import EDITOR, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Report, Site
from server.notify.deliver import deliver_due
from server.notify.desk import add_recipient
from server.notify.outbox import claim_due
from server.notify.subscriptions import Choices
from server.sites import change_site

LEASE = timedelta(minutes=1)
READER = "reader@example.org"
LINK = "https://pills.example/buy"


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


class Links(HTMLParser):
    """Whatever a page would fetch or lead to."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A label is read out, and leads nowhere.
        self.found += [
            value for name, value in attrs if value and "://" in value and name != "aria-label"
        ]


def test_readers_address_stands_in_no_mail_to_editors(
    submit: Submit, mail_server: MailServer
) -> None:
    submit(email=READER)
    deliver_due()

    assert READER.encode() not in mail_server.raw[0]
    (message,) = mail_server.messages
    assert message["From"] == "Copydesk <copydesk@news.example>"
    assert message["Reply-To"] is None


def test_each_recipient_has_a_message_of_its_own(
    submit: Submit, site: Site, mail_server: MailServer
) -> None:
    with write_transaction() as session:
        add_recipient(session, site.id, "desk@news.example", Choices())
    submit()
    deliver_due()

    assert sorted(str(each["To"]) for each in mail_server.messages) == [
        "desk@news.example",
        EDITOR,
    ]
    assert all(each["Cc"] is None and each["Bcc"] is None for each in mail_server.messages)


def test_links_of_readers_are_text_that_cannot_be_followed(
    submit: Submit, site: Site, editor_client: FlaskClient, mail_server: MailServer
) -> None:
    with write_transaction() as session:
        change_site(session.get_one(Site, site.id), links_allowed=True)
    submit(comment=f"See {LINK} or <{LINK}>", suggestion=f"receive {LINK}")
    deliver_due()
    report = db.session.scalars(select(Report)).one()

    (message,) = mail_server.messages
    pages = [message.get_body(("html",)).get_content()]
    pages += [editor_client.get(path).text for path in ("/", f"/reports/{report.public_id}")]
    for page in pages:
        assert "pills.example" in page
        assert not [link for link in Links(page).found if "pills" in link]


def test_what_spam_says_is_mailed_to_nobody_and_stands_behind_a_click(
    submit: Submit, editor_client: FlaskClient, mail_server: MailServer
) -> None:
    submit(comment="You utter fools", website="filled in")
    deliver_due()
    report = db.session.scalars(select(Report)).one()

    assert mail_server.messages == []
    spam = editor_client.get("/?view=spam").text
    assert re.search("<details class=.comment.>[^/]*</summary>[^/]*utter fools", spam)
    assert "utter fools" in editor_client.get(f"/reports/{report.public_id}").text


def test_clock_that_is_put_back_makes_mail_late_and_doubles_none(
    submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
) -> None:
    submit()
    with write_transaction() as session:
        (claimed,) = claim_due(session, LEASE)

    traveller.shift(timedelta(hours=-1))
    assert deliver_due() == 0, "it is still in somebody's hands"
    traveller.shift(timedelta(hours=1) + 2 * LEASE)
    assert deliver_due() == 1

    assert len(mail_server.messages) == 1
    delivery = db.session.get_one(Delivery, claimed)
    assert (delivery.state, delivery.possible_duplicate) == ("sent", True)
