"""What is owed is sent, once, or kept owed; against a real SMTP server."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import Submit

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Site, User
from server.notify.again import retry
from server.notify.deliver import deliver_due
from server.notify.desk import add_recipient
from server.notify.outbox import claim_due
from server.notify.outcome import BACKOFF, settle
from server.notify.subscriptions import Choices
from server.people import remove_member

LEASE = timedelta(minutes=1)


def the_delivery() -> Delivery:
    db.session.rollback()
    return db.session.scalars(select(Delivery)).one()


def make_due() -> None:
    with write_transaction() as session:
        session.execute(update(Delivery).values(due_at=clock.now() - timedelta(seconds=1)))


def test_editor_gets_the_sentence_the_correction_and_the_links(
    submit: Submit, mail_server: MailServer
) -> None:
    submit(comment="Second paragraph, I think.")

    assert deliver_due() == 1

    (message,) = mail_server.messages
    assert mail_server.recipients == ["editor@news.example"]
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "> The council has begun to [[recieve]] letters." in text
    assert "[-recieve-]{+receive+}" in text
    assert "> Second paragraph, I think." in text
    assert ">recieve</mark>" in html
    assert re.search(r"<del[^>]*>recieve</del> <ins[^>]*>receive</ins>", html)
    delivery = the_delivery()
    for part in (text, html):
        assert "The harbour" in part
        assert "https://news.example/harbour#:~:text=recieve" in part
        assert f"http://localhost:8000/reports/{delivery.report.public_id}" in part
    assert delivery.state == "sent"
    sent = re.sub(r"(/mail/\w+/)[\w.-]+", r"\1…", html.replace("\r\n", "\n"))
    assert delivery.html.strip() == sent.strip()
    assert message["Message-ID"] == delivery.message_id


def test_who_left_the_site_while_a_report_was_owed_does_not_read_it(
    submit: Submit, mail_server: MailServer, editor: User
) -> None:
    submit()
    with write_transaction() as session:
        user = session.get_one(User, editor.id)
        remove_member(session, user, user.memberships[0].site, actor=None)

    deliver_due()

    assert mail_server.messages == []
    found = the_delivery()
    assert found.state == "failed"
    assert found.last_error == "Nobody hears of the site at this address any more."


def test_nothing_a_reader_sends_reaches_a_header(submit: Submit, mail_server: MailServer) -> None:
    evil = "x\r\nBcc: victim@example.org\r\n\r\nbody"
    submit(
        selector__exact=evil,
        page__title=evil,
        suggestion=evil,
        comment=evil,
        page__language="e\r\n",
    )

    deliver_due()

    (message,) = mail_server.messages
    assert sorted(set(message.keys())) == [
        "Auto-Submitted", "Content-Type", "Date", "Feedback-ID", "From", "In-Reply-To", "List-Id",
        "List-Unsubscribe", "MIME-Version", "Message-ID", "References", "Subject", "To",
        "X-Auto-Response-Suppress",
    ]  # fmt: skip
    assert "victim" not in str(message["Subject"])
    assert mail_server.recipients == ["editor@news.example"]


def test_html_of_readers_is_escaped(submit: Submit, mail_server: MailServer) -> None:
    submit(comment="<img src=x onerror=alert(1)>", selector__exact="<b>bold", suggestion="<i>")

    deliver_due()

    html = mail_server.messages[0].get_body(("html",)).get_content()
    assert "<img" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;bold" in html


def test_nothing_due_sends_nothing(submit: Submit, mail_server: MailServer) -> None:
    submit()
    deliver_due()

    assert deliver_due() == 0
    assert len(mail_server.messages) == 1


def test_a_batch_uses_one_connection(submit: Submit, mail_server: MailServer) -> None:
    for number in range(3):
        submit(selector__exact=f"mistake {number}")

    assert deliver_due() == 3
    assert len(mail_server.messages) == 3
    assert mail_server.connections == 1


def test_after_the_schedule_is_used_up_it_is_given_up(
    submit: Submit, mail_server: MailServer
) -> None:
    submit()
    for _ in range(len(BACKOFF) + 1):
        mail_server.refuse_data = ["451 later"]
        make_due()
        deliver_due()

    delivery = the_delivery()
    assert (delivery.state, delivery.attempts) == ("failed", len(BACKOFF) + 1)
    with write_transaction() as session:
        assert retry(session, delivery)
    deliver_due()
    assert the_delivery().state == "sent"


def test_poisoned_row_fails_alone(submit: Submit, mail_server: MailServer) -> None:
    submit(selector__exact="poison")
    submit(selector__exact="good")
    with write_transaction() as session:
        first = session.scalars(select(Delivery).order_by(Delivery.id)).first()
        assert first is not None
        # No header can carry this; the row cannot become a message however often it is tried.
        first.recipient = "a@news.example\nBcc: b@news.example"

    deliver_due()

    assert len(mail_server.messages) == 1
    db.session.rollback()
    states = [each.state for each in db.session.scalars(select(Delivery).order_by(Delivery.id))]
    assert states == ["failed", "sent"]


def test_international_address_is_reached(
    submit: Submit, mail_server: MailServer, site: Site
) -> None:
    submit()
    with write_transaction() as session:
        add_recipient(session, site.id, "jürgen@zürich.example", Choices())
        session.execute(update(Delivery).values(recipient="jürgen@zürich.example"))

    deliver_due()

    assert mail_server.recipients == ["jürgen@xn--zrich-kva.example"]
    assert str(mail_server.messages[0]["To"]) == "jürgen@xn--zrich-kva.example"


def test_claimed_delivery_is_nobody_elses(submit: Submit) -> None:
    submit()
    with write_transaction() as session:
        assert len(claim_due(session, LEASE)) == 1

    with write_transaction() as session:
        assert claim_due(session, LEASE) == []


def test_lease_that_ran_out_is_claimed_again_and_marked(
    submit: Submit, mail_server: MailServer
) -> None:
    submit()
    with write_transaction() as session:
        assert claim_due(session, timedelta(seconds=-1), token="dead")

    deliver_due()

    delivery = the_delivery()
    assert delivery.state == "sent"
    assert delivery.possible_duplicate
    with write_transaction() as session:
        assert not settle(session, delivery.id, "dead", state="failed"), "the zombie has no say"


class TestWithoutMailServer:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, smtp_host="")

    def test_message_is_kept(self, submit: Submit, mail_server: MailServer) -> None:
        submit()

        assert deliver_due() == 1

        delivery = the_delivery()
        assert delivery.state == "kept"
        assert "recieve" in delivery.text
        assert ">recieve</mark>" in delivery.html
        assert mail_server.messages == []
