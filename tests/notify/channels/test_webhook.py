"""Signed webhooks against a real HTTP server."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from http_receiver import Receiver
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from submissions import Submit

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Attempt, Channel, Delivery, Report
from server.notify import site_channels
from server.reports.resolution import resolve

Owed = Callable[[], list[Delivery]]
Attempts = Callable[[], list[Attempt]]
Do = Callable[[], None]


def test_report_arrives_signed_and_as_documented(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    submit(comment="In the second paragraph.")
    send()

    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/hook?a=b")
    assert request.headers["Content-Type"] == "application/json"
    told = Webhook(webhook.secret).verify(request.body, dict(request.headers))
    report = db.session.scalars(select(Report)).one()
    assert told == {
        "type": "report.opened",
        "version": 1,
        "timestamp": told["timestamp"],
        "data": {
            "site": {"key": report.site.key, "name": "The News", "language": "en"},
            "report": {
                "id": str(report.public_id),
                "status": "open",
                "readers": 1,
                "before": "The council has begun to ",
                "exact": "recieve",
                "after": " letters.",
                "suggestion": "receive",
                "page": {
                    "url": "https://news.example/harbour",
                    "title": "The harbour",
                    "language": "en",
                },
                "words_url": "https://news.example/harbour#:~:text=recieve",
                "report_url": f"http://localhost:8000/reports/{report.public_id}",
                "first_submitted_at": told["data"]["report"]["first_submitted_at"],
                "last_submitted_at": told["data"]["report"]["last_submitted_at"],
                "resolved_at": None,
            },
            "event": {"kind": "opened", "source": "widget"},
        },
    }
    assert told["timestamp"].endswith("Z")
    assert [each.state for each in owed()] == ["sent"]


def test_identifier_has_no_dot_and_stays_the_same_while_the_time_does_not(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, due: Do
) -> None:
    receiver.answers = [(500, {}, b"")]
    submit()
    send()
    with write_transaction() as session:
        session.execute(update(Report).values(readers=7))
    due()
    send()

    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert "." not in first.headers["webhook-id"]
    assert first.body == second.body, "what is tried again is the same message"


def test_only_wanted_events_are_sent(
    adding: Callable[..., Channel], submit: Submit, send: Do, receiver: Receiver
) -> None:
    adding(receiver.url, events=("fixed",))
    submit()
    send()
    assert receiver.requests == []

    report = db.session.scalars(select(Report)).one()
    with write_transaction() as session:
        resolve(session, report, "fixed", version=1, actor=None, source="command")
    send()

    (request,) = receiver.requests
    told = json.loads(request.body)
    assert told["type"] == "report.fixed"
    assert told["data"]["report"]["status"] == "fixed"
    assert told["data"]["report"]["resolved_at"]


def test_editors_get_no_mail_about_what_editors_did(
    webhook: Channel, submit: Submit, send: Do
) -> None:
    submit()
    report = db.session.scalars(select(Report)).one()
    with write_transaction() as session:
        resolve(session, report, "fixed", version=1, actor=None, source="command")
    send()

    mails = db.session.scalars(select(Delivery).where(Delivery.channel == "mail")).all()
    assert len(mails) == 1


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_whatever_is_no_2xx_is_tried_again_and_logged(
    webhook: Channel,
    submit: Submit,
    send: Do,
    receiver: Receiver,
    owed: Owed,
    attempts: Attempts,
    due: Do,
    status: int,
) -> None:
    receiver.answers = [(status, {}, b"the reason\x00")]
    submit()
    send()

    (delivery,) = owed()
    assert delivery.state == "queued"
    assert delivery.last_error.startswith(str(status))
    assert delivery.due_at > clock.now()
    due()
    send()
    assert [each.state for each in owed()] == ["sent"]
    assert [(each.status, each.answer) for each in attempts()] == [
        (status, "the reason⟨U+0000⟩"),
        (200, "ok"),
    ]


def test_redirect_is_not_followed(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    receiver.answers = [(307, {"Location": f"{receiver.url}/elsewhere"}, b"")]
    submit()
    send()

    assert len(receiver.requests) == 1
    assert "redirects are not followed" in owed()[0].last_error


def test_gone_is_the_end_of_it(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    receiver.answers = [(410, {}, b"")]
    submit()
    send()

    (delivery,) = owed()
    assert (delivery.state, delivery.last_error) == ("failed", "410 Gone")


def test_the_receivers_wish_to_wait_is_respected(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    receiver.answers = [(429, {"Retry-After": "7200"}, b"")]
    submit()
    send()

    assert owed()[0].due_at > clock.now() + timedelta(minutes=110)


def test_request_without_an_answer_may_have_arrived_and_says_so(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed, due: Do
) -> None:
    receiver.answers = [(200, {}, b"drop")]
    submit()
    send()
    due()
    send()

    (delivery,) = owed()
    assert (delivery.state, delivery.possible_duplicate) == ("sent", True)
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


def test_both_secrets_sign_while_one_replaces_the_other(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver
) -> None:
    former = webhook.secret
    with write_transaction() as session:
        new = site_channels.rotate_secret(session, session.get_one(Channel, webhook.id))
    submit()
    send()

    (request,) = receiver.requests
    for secret in (former, new):
        Webhook(secret).verify(request.body, dict(request.headers))


@pytest.mark.parametrize("at_once", [True, False])
def test_former_secret_ends(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver, at_once: bool
) -> None:
    former = webhook.secret
    with write_transaction() as session:
        channel = session.get_one(Channel, webhook.id)
        site_channels.rotate_secret(session, channel, at_once=at_once)
        if channel.former_until:
            channel.former_until -= site_channels.GRACE
    submit()
    send()

    (request,) = receiver.requests
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(request.body, dict(request.headers))


class TestInProduction:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, webhook_allow_private=False)

    def test_private_address_is_not_called_even_if_it_came_into_the_database(
        self, webhook_row: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
    ) -> None:
        submit()
        send()

        assert receiver.requests == []
        (delivery,) = owed()
        assert delivery.state == "failed"
        assert "must begin with https://" in delivery.last_error

    @pytest.fixture
    def webhook_row(self, adding: Callable[..., Channel], receiver: Receiver) -> Channel:
        channel = adding("https://hook.example/")
        with write_transaction() as session:
            session.execute(update(Channel).values(address=f"{receiver.url}/"))
        return channel
