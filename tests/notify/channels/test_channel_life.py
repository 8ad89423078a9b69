"""A channel is paused, removed, tried out, left alone: what it is owed meanwhile, and its log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from http_receiver import Receiver
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook
from submissions import Submit

from server import clock
from server.database import write_transaction
from server.extensions import db
from server.models import Attempt, Breaker, Channel, Delivery, Submission
from server.notify import again, breaker, site_channels
from server.notify.deliver import deliver_due
from server.reports.erasure import erase

Owed = Callable[[], list[Delivery]]
Attempts = Callable[[], list[Attempt]]
Do = Callable[[], None]


def test_paused_channel_keeps_what_it_is_owed_and_is_owed_nothing_new(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    submit()
    with write_transaction() as session:
        site_channels.set_active(session, session.get_one(Channel, webhook.id), False)
    submit(selector__exact="another")
    send()
    assert [each.state for each in owed()] == ["queued"]
    assert receiver.requests == []

    with write_transaction() as session:
        site_channels.set_active(session, session.get_one(Channel, webhook.id), True)
    send()

    assert [each.state for each in owed()] == ["sent"]


def test_removed_channel_is_owed_nothing_any_more(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    submit()
    with write_transaction() as session:
        site_channels.remove_channel(session, session.get_one(Channel, webhook.id))
    send()

    assert [(each.state, each.last_error) for each in owed()] == [
        ("failed", "The channel was removed.")
    ]
    assert receiver.requests == []


def test_test_message_is_about_no_report(
    webhook: Channel, send: Do, receiver: Receiver, owed: Owed
) -> None:
    with write_transaction() as session:
        site_channels.owe_test(session, session.get_one(Channel, webhook.id), "a@news.example")
    send()

    told = Webhook(webhook.secret).verify(
        receiver.requests[0].body, dict(receiver.requests[0].headers)
    )
    assert told["type"] == "copydesk.test"
    assert set(told["data"]) == {"site"}


def test_replayed_message_is_the_same_and_signed_anew(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed, attempts: Attempts
) -> None:
    submit()
    send()
    with write_transaction() as session:
        assert again.retry(session, session.get_one(Delivery, owed()[0].id))
    send()

    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert len(attempts()) == 2


def test_receiver_that_is_down_is_left_alone_after_some_tries(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    receiver.usual = (500, {}, b"")
    for number in range(breaker.REFUSALS + 3):
        submit(selector__exact=f"mistake {number}")
    send()

    assert len(receiver.requests) == breaker.REFUSALS
    assert set(breaker.held_among(db.session(), owed())) == {each.id for each in owed()}
    receiver.usual = (200, {}, b"")
    with write_transaction() as session:
        breaker.probe_now(session, owed()[0])
        session.execute(update(Delivery).values(due_at=clock.now()))
    deliver_due()
    assert {each.state for each in owed()} == {"sent"}
    assert db.session.scalars(select(Breaker)).all() == []


@pytest.mark.parametrize("status", [400, 403, 406, 413, 422])
def test_texts_that_a_receiver_refuses_hold_up_no_other(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed, status: int
) -> None:
    refused = breaker.REFUSALS + 1
    receiver.answers = [(status, {}, b"blocked by the firewall")] * refused
    for number in range(refused):
        submit(selector__exact=f"<script>{number}</script>")
    submit(selector__exact="recieve")
    send()

    assert [each.state for each in owed()] == ["queued"] * refused + ["sent"]
    assert breaker.held_among(db.session(), owed()) == {}


def test_what_is_erased_is_erased_from_the_log_as_well(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed, attempts: Attempts
) -> None:
    receiver.answers = [(200, {}, b"thank you for recieve")]
    submit()
    send()
    ids = list(db.session.scalars(select(Submission.id)))
    with write_transaction() as session:
        erase(session, ids)

    assert [each.text for each in owed()] == [""]
    assert [each.answer for each in attempts()] == [""]
