"""A reader wants no mail ever again."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from mail_links import links_of, press_with
from smtp_server import MailServer
from sqlalchemy import select
from submissions import Submit
from thanking import READER, Close, a_day_later, everything_stored, thanks

from server.extensions import db
from server.models import ReaderAddress, ReaderContact
from server.notify.thanks import owe_thanks


@pytest.fixture
def never(submit: Submit, mail_server: MailServer, close: Close) -> str:
    """The link of a message of thanks."""
    submit(email=READER)
    close("fixed")
    thanks(mail_server)
    return links_of(mail_server)["never"]


def test_opening_the_link_changes_nothing(client: FlaskClient, never: str) -> None:
    assert "Never write to this address again?" in client.get(never).text
    assert client.post(never).status_code == 400

    assert db.session.scalars(select(ReaderAddress.refused_at)).all() == [None]


def test_one_click_without_cookie_or_token_is_enough(
    client: FlaskClient,
    never: str,
    submit: Submit,
    mail_server: MailServer,
    close: Close,
) -> None:
    answer = client.post(never, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    a_day_later()
    submit(email=READER, selector__exact="teh")
    close("fixed")

    assert thanks(mail_server) == []
    assert db.session.scalars(select(ReaderContact)).all() == []
    assert READER not in everything_stored()


def test_button_of_the_page_does_the_same(client: FlaskClient, never: str) -> None:
    assert "We will not write to you again" in press_with(client)(never).text

    assert db.session.scalars(select(ReaderAddress)).one().refused_at is not None


def test_what_is_owed_already_is_not_sent(
    client: FlaskClient,
    never: str,
    submit: Submit,
    mail_server: MailServer,
    close: Close,
) -> None:
    a_day_later()
    submit(email=READER, selector__exact="teh")
    close("fixed")
    owe_thanks()

    client.post(never, data={"List-Unsubscribe": "One-Click"})

    assert thanks(mail_server) == []
    assert READER not in everything_stored()
