"""A reader who left an address is thanked once, and left alone."""

from __future__ import annotations

import pytest
from smtp_server import MailServer
from sqlalchemy import delete, select
from submissions import Submit
from thanking import READER, Close, a_day_later, everything_stored, thanks

from server.database import write_transaction
from server.models import Report, SiteOrigin
from server.notify.thanks import GRACE
from server.reports.resolution import reopen


def test_reader_hears_once_when_it_is_fixed_and_the_address_is_gone(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")

    (words,) = thanks(mail_server)

    assert mail_server.messages[0]["To"] == READER
    assert "The mistake that you reported on The News is fixed." in words
    assert "https://news.example/harbour" in words
    assert READER not in everything_stored()
    assert thanks(mail_server) == [words]


@pytest.mark.parametrize("resolution", ["rejected", "spam"])
def test_what_is_not_fixed_is_not_thanked_for(
    resolution: str, submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close(resolution)

    assert thanks(mail_server) == []


def test_editors_slip_can_be_undone_before_anybody_is_told(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed", ago=GRACE / 2)
    assert thanks(mail_server) == []

    with write_transaction() as session:
        report = session.scalars(select(Report)).one()
        reopen(session, report, version=report.version, actor=None, source="dashboard")
    assert thanks(mail_server) == []

    close("fixed")
    assert len(thanks(mail_server)) == 1


def test_nothing_a_stranger_wrote_is_sent_to_the_address(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    spam = "BUY PILLS at https://pills.example"
    submit(
        email=READER,
        page__url="https://news.example/harbour?q=PILLS",
        page__title=spam,
        selector__exact=spam,
        suggestion=spam + "!",
        comment=spam,
        passage__before=spam,
    )
    close("fixed")
    thanks(mail_server)

    (message,) = mail_server.messages
    assert sorted(set(message.keys())) == [
        "Auto-Submitted", "Content-Type", "Date", "Feedback-ID", "From", "List-Unsubscribe",
        "List-Unsubscribe-Post", "MIME-Version", "Message-ID", "Subject", "To",
        "X-Auto-Response-Suppress",
    ]  # fmt: skip
    assert message["Subject"] == "[The News] A mistake you found is fixed"
    html = str(message.get_body(("html",)).get_content())
    assert "pills" not in html.lower().replace('href="https://news.example/harbour?q=pills"', "")
    assert "BUY" not in str(message.get_body(("plain",)).get_content())


def test_page_that_is_not_the_sites_any_more_is_not_linked(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")
    with write_transaction() as session:
        session.execute(delete(SiteOrigin))

    (words,) = thanks(mail_server)

    assert "news.example" not in words


def test_thanks_are_in_the_language_of_the_page(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER, page__language="ru-RU")
    close("fixed")

    (words,) = thanks(mail_server)

    assert "Спасибо за помощь!" in words
    assert mail_server.messages[0]["Subject"] == "[The News] Найденная вами ошибка исправлена"


def test_several_mistakes_of_one_reader_are_one_message(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    submit(email=READER.upper().replace("EXAMPLE", "example"), selector__exact="teh")
    submit(email=READER, page__url="https://news.example/market", selector__exact="wich")
    submit(email="other@elsewhere.example")
    close("fixed")

    words = thanks(mail_server)

    assert len(words) == 2
    assert "The mistakes that you reported on The News are fixed." in words[0]
    assert "https://news.example/harbour" in words[0]
    assert "https://news.example/market" in words[0]


def test_an_address_gets_one_message_a_day(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")
    assert len(thanks(mail_server)) == 1
    submit(email=READER, selector__exact="teh")
    close("fixed")
    assert thanks(mail_server) == []

    a_day_later()

    assert len(thanks(mail_server)) == 1
