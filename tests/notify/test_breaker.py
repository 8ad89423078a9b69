"""A recipient that refuses again and again is left alone, visibly, and tried by one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import Submit

from server import clock
from server.database import write_transaction
from server.extensions import db
from server.models import Breaker, Delivery
from server.notify import breaker
from server.notify.deliver import deliver_due
from server.notify.desk import add_recipient
from server.notify.subscriptions import Choices

Deliveries = Callable[[], list[Delivery]]
REFUSAL = "550 5.1.1 no such person here"


def states(deliveries: list[Delivery]) -> str:
    return " ".join(delivery.state for delivery in deliveries)


def later(step: timedelta) -> None:
    """Let time pass for the database: everything that waits waits less."""
    with write_transaction() as session:
        for row in session.scalars(select(Breaker)):
            if row.probe_at:
                row.probe_at -= step
        for delivery in session.scalars(select(Delivery).where(Delivery.state == "queued")):
            delivery.due_at -= step


@pytest.fixture
def held(submit: Submit, mail_server: MailServer) -> None:
    """Five refusals, and then three more messages that are owed."""
    mail_server.refuse_recipient = [REFUSAL] * breaker.REFUSALS
    for number in range(breaker.REFUSALS):
        submit(selector__exact=f"mistake {number}")
    deliver_due()
    for number in range(3):
        submit(selector__exact=f"later {number}")


@pytest.mark.parametrize("words", ["554 5.7.1 looks like spam", "550 5.6.0 malformed"])
def test_texts_that_the_server_refuses_hold_nobody(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries, words: str
) -> None:
    mail_server.refuse_data = [words] * (breaker.REFUSALS + 1)
    for number in range(breaker.REFUSALS + 2):
        submit(selector__exact=f"mistake {number}")

    deliver_due()

    assert states(deliveries()) == "failed " * (breaker.REFUSALS + 1) + "sent"


@pytest.mark.parametrize("words", ["550 5.7.26 who sends is not known", "552 5.2.2 mailbox full"])
def test_refusals_after_the_text_that_are_not_about_it_hold_the_rest(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries, words: str
) -> None:
    mail_server.refuse_data = [words] * breaker.REFUSALS
    for number in range(breaker.REFUSALS + 1):
        submit(selector__exact=f"mistake {number}")

    deliver_due()

    assert states(deliveries()) == "failed " * breaker.REFUSALS + "queued"


def test_fewer_refusals_hold_nothing(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    mail_server.refuse_recipient = [REFUSAL] * (breaker.REFUSALS - 1)
    for number in range(breaker.REFUSALS):
        submit(selector__exact=f"mistake {number}")

    deliver_due()

    assert states(deliveries()) == "failed failed failed failed sent"
    assert db.session.scalars(select(Breaker)).all() == [], "one success forgets them"


def test_temporary_refusals_are_no_refusals(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    mail_server.refuse_recipient = ["450 greylisted"] * breaker.REFUSALS
    for number in range(breaker.REFUSALS):
        submit(selector__exact=f"mistake {number}")

    deliver_due()

    assert db.session.scalars(select(Breaker)).all() == []


def test_what_is_owed_to_a_refused_recipient_is_held(
    held: None, mail_server: MailServer, deliveries: Deliveries
) -> None:
    assert deliver_due() == 0

    waiting = deliveries()[breaker.REFUSALS :]
    assert states(waiting) == "queued queued queued"
    assert {each.attempts for each in waiting} == {0}
    found = breaker.held_among(db.session(), waiting)
    assert set(found) == {each.id for each in waiting}
    assert {row.last_error for row in found.values()} == {REFUSAL}


def test_others_are_not_held(
    held: None, submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    last, site_id = deliveries()[-1].id, deliveries()[-1].site.id
    with write_transaction() as session:
        add_recipient(session, site_id, "bob@news.example", Choices())
        session.execute(
            update(Delivery).where(Delivery.id == last).values(recipient="bob@news.example")
        )

    assert deliver_due() == 1
    assert mail_server.recipients == ["bob@news.example"]


def test_one_message_probes_and_the_others_follow_when_it_is_accepted(
    held: None, mail_server: MailServer, deliveries: Deliveries
) -> None:
    later(breaker.PROBES[0])

    assert deliver_due() == 3

    assert states(deliveries()[breaker.REFUSALS :]) == "sent sent sent"
    assert db.session.scalars(select(Breaker)).all() == []


def test_probe_that_is_refused_fails_alone_and_the_next_wait_is_longer(
    held: None, mail_server: MailServer, deliveries: Deliveries
) -> None:
    later(breaker.PROBES[0])
    mail_server.refuse_recipient = [REFUSAL]

    assert deliver_due() == 1

    assert states(deliveries()[breaker.REFUSALS :]) == "failed queued queued"
    row = db.session.scalars(select(Breaker)).one()
    assert row.probe_at is not None
    assert row.probe_at > clock.now() + breaker.PROBES[0]


def test_editor_can_have_it_tried_at_once(
    held: None, mail_server: MailServer, deliveries: Deliveries
) -> None:
    with write_transaction() as session:
        assert breaker.probe_now(session, deliveries()[-1])

    deliver_due()

    assert states(deliveries()[breaker.REFUSALS :]) == "sent sent sent"


def test_what_was_held_for_two_days_fails_with_the_servers_words(
    held: None, mail_server: MailServer, deliveries: Deliveries
) -> None:
    later(breaker.HELD_AT_MOST + timedelta(minutes=1))
    mail_server.refuse_recipient = [REFUSAL]

    deliver_due()

    waiting = deliveries()[breaker.REFUSALS :]
    assert states(waiting) == "failed failed failed"
    assert all(REFUSAL in each.last_error for each in waiting)
