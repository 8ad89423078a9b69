"""A reader who left an address is thanked once, and left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from mail_links import links_of, press_with
from smtp_server import MailServer
from sqlalchemy import delete, inspect, select, text, update
from submissions import Submit

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, ReaderAddress, ReaderContact, Report, SiteOrigin
from server.notify.breaker import HELD_AT_MOST, REFUSALS, refused
from server.notify.deliver import deliver_due
from server.notify.thanks import GRACE, forget_thanked_readers, owe_thanks
from server.reports.addresses import PAUSE, AddressHashes
from server.reports.resolution import reopen, resolve

READER = "reader@elsewhere.example"

Close = Callable[..., None]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(
        settings,
        public_url="https://copydesk.example",
        trusted_hosts=("localhost", "copydesk.example"),
    )


@pytest.fixture
def close(mail_server: MailServer) -> Close:
    """Send what editors are owed, then close all open reports as some time ago."""

    def close(resolution: str = "fixed", ago: timedelta = GRACE * 2) -> None:
        deliver_due()
        mail_server.messages.clear()
        mail_server.raw.clear()
        with write_transaction() as session:
            for report in session.scalars(select(Report).where(Report.status == "open")).all():
                version = report.version
                resolve(session, report, resolution, version=version, actor=None, source="api")
            session.execute(update(Report).values(resolved_at=clock.now() - ago))

    return close


def thanks(mail_server: MailServer) -> list[str]:
    """Let the sweep do its work; the texts of what came."""
    owe_thanks()
    deliver_due()
    forget_thanked_readers()
    bodies = [message.get_body(("plain",)) for message in mail_server.messages]
    return [str(body.get_content()) for body in bodies if body]


def everything_stored() -> str:
    """All that stands in the database, as text."""
    db.session.rollback()
    tables = inspect(db.engine).get_table_names()
    rows = [db.session.execute(text(f'SELECT * FROM "{table}"')).all() for table in tables]
    return repr(rows)


def a_day_later() -> None:
    with write_transaction() as session:
        session.execute(update(ReaderAddress).values(thanked_at=clock.now() - PAUSE * 1.1))


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


class TestNeverAgain:
    @pytest.fixture
    def never(self, submit: Submit, mail_server: MailServer, close: Close) -> str:
        """The link of a message of thanks."""
        submit(email=READER)
        close("fixed")
        thanks(mail_server)
        return links_of(mail_server)["never"]

    def test_opening_the_link_changes_nothing(self, client: FlaskClient, never: str) -> None:
        assert "Never write to this address again?" in client.get(never).text
        assert client.post(never).status_code == 400

        assert db.session.scalars(select(ReaderAddress.refused_at)).all() == [None]

    def test_one_click_without_cookie_or_token_is_enough(
        self,
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

    def test_button_of_the_page_does_the_same(self, client: FlaskClient, never: str) -> None:
        assert "We will not write to you again" in press_with(client)(never).text

        assert db.session.scalars(select(ReaderAddress)).one().refused_at is not None

    def test_what_is_owed_already_is_not_sent(
        self,
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


def test_refused_address_stands_nowhere_not_even_in_the_servers_words(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")
    mail_server.refuse_recipient = [f"550 <{READER}> is unknown here"]

    assert thanks(mail_server) == []

    delivery = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).one()
    assert delivery.state == "failed"
    assert delivery.last_error == "550 <…> is unknown here"
    assert READER not in everything_stored()


@pytest.mark.parametrize("said", ["550 <{}> is unknown", "451 {} may come back"])
def test_log_has_no_readers_address_however_the_server_writes_it(
    submit: Submit,
    mail_server: MailServer,
    close: Close,
    caplog: pytest.LogCaptureFixture,
    said: str,
) -> None:
    submit(email=READER)
    close("fixed")
    mail_server.refuse_recipient = [said.format(READER.upper())]
    caplog.clear()

    assert thanks(mail_server) == []

    assert said.format("…") in caplog.text
    assert READER not in caplog.text.lower()
    waits = len(db.session.scalars(select(Delivery).where(Delivery.state == "queued")).all())
    # Where it is owed still it is in the delivery, and nowhere else.
    stored = everything_stored().lower()
    assert stored.count(READER) == waits


def test_page_of_thanks_that_are_held_does_not_say_for_whom(
    editor_client: FlaskClient, submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")
    owe_thanks()
    with write_transaction() as session:
        # Said of another mail to the same address.
        for _ in range(REFUSALS):
            refused(session, "mail", READER, f"550 <{READER.upper()}> is unknown")
    delivery = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).one()

    page = editor_client.get(f"/deliveries/{delivery.public_id}").text

    assert "550 &lt;…&gt; is unknown" in page
    assert READER not in page.lower()


def test_thanks_given_up_while_held_keep_no_address(submit: Submit, close: Close) -> None:
    submit(email=READER)
    close("fixed")
    owe_thanks()
    with write_transaction() as session:
        long_ago = clock.now() - HELD_AT_MOST * 2
        session.execute(update(Delivery).where(Delivery.kind == "thanks").values(due_at=long_ago))
        for _ in range(REFUSALS):
            refused(session, "mail", READER, f"550 <{READER.upper()}> is unknown")
    forget_thanked_readers()

    failed = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).one()
    assert (failed.state, failed.recipient) == ("failed", "")
    assert READER not in everything_stored().lower()


def test_thanks_whose_address_is_forgotten_are_not_sent_again(
    editor_client: FlaskClient, submit: Submit, mail_server: MailServer, close: Close
) -> None:
    for reader in (READER, "another@elsewhere.example"):
        submit(email=reader)
    close("fixed")
    mail_server.refuse_recipient = ["550 unknown", "550 unknown"]
    assert thanks(mail_server) == []
    failed = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).all()
    address = f"/deliveries/{failed[0].public_id}"
    assert "Send all again" not in editor_client.get(address).text

    for action in ("retry", "retry_all"):
        editor_client.post(f"{address}/{action}")

    db.session.rollback()
    states = db.session.scalars(select(Delivery.state).where(Delivery.kind == "thanks")).all()
    assert states == ["failed", "failed"]


def test_editors_do_not_see_whom_it_went_to(
    editor_client: FlaskClient, submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")
    owe_thanks()
    mail_server.refuse_recipient = [f"451 <{READER}> may come back"]
    deliver_due()
    delivery = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).one()

    for address in ("/deliveries", f"/deliveries/{delivery.public_id}"):
        page = editor_client.get(address).text
        assert "a reader" in page
        assert "451 &lt;…&gt; may come back" in page
        assert READER not in page


def test_hash_of_an_older_key_is_known_while_the_key_is_named() -> None:
    before = AddressHashes(["old"])
    after = AddressHashes(["new", "old"])

    assert before.of("Ann@Example.org ") in after.all_of("ann@example.org")
    assert before.of("ann@example.org") != after.of("ann@example.org")
    assert before.of("ann@example.org") not in AddressHashes(["new"]).all_of("ann@example.org")
