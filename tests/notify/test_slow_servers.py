"""A slow server holds up what goes to it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from http_receiver import Receiver
from live_server import wait_until
from smtp_server import MailServer
from sqlalchemy import func, select
from submissions import Submit

from server import tasks
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Announcement, Report, Site
from server.notify.site_channels import add_channel

SECONDS = 60
MAILS = 50


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With the patience of the real time limits: nothing is cut off while the test looks."""
    return replace(settings, smtp_timeout=120.0, webhook_allow_private=True)


@pytest.fixture
def consumer(app: Flask) -> Iterator[tasks.EmbeddedConsumer]:
    """The threads of one worker, without the sweep."""
    consumer = tasks.EmbeddedConsumer(app, workers=1, periodic=False)
    consumer.start()
    yield consumer
    consumer.stop(graceful=True)


@pytest.fixture
def webhook(site: Site, receiver: Receiver) -> None:
    with write_transaction() as session:
        add_channel(
            session,
            session.get_one(Site, site.id),
            "webhook",
            name="Ticker",
            address=f"{receiver.url}/hook",
            allow_private=True,
        )


@pytest.fixture
def silent_mail_server(mail_server: MailServer) -> Iterator[MailServer]:
    """Takes a message and says nothing, for as long as the test lasts."""
    mail_server.held.set()
    yield mail_server
    mail_server.held.clear()


def examined_and_routed() -> Callable[[], bool]:
    def look() -> bool:
        db.session.rollback()
        waiting = select(func.count()).where(Announcement.routed_at.is_(None))
        unexamined = select(func.count()).where(Report.evaluated_at.is_(None))
        return db.session.scalar(waiting) == 0 == db.session.scalar(unexamined)

    return look


def test_slow_mail_server_holds_up_neither_webhooks_nor_evidence_nor_routing(
    webhook: None,
    consumer: tasks.EmbeddedConsumer,
    post: Submit,
    silent_mail_server: MailServer,
    receiver: Receiver,
) -> None:
    post(selector__exact="mistake 0", suggestion="")
    wait_until(lambda: silent_mail_server.at_hand == 1, SECONDS, "the first mail is at hand")

    for number in range(1, MAILS):
        post(selector__exact=f"mistake {number}", suggestion="")

    wait_until(lambda: len(receiver.requests) == MAILS, SECONDS, "all webhooks")
    wait_until(examined_and_routed(), SECONDS, "all reports are examined and routed")
    assert silent_mail_server.messages == []
    silent_mail_server.held.clear()
    wait_until(lambda: len(silent_mail_server.messages) == MAILS, SECONDS, "then all mails")


def test_slow_webhook_holds_up_no_mail(
    webhook: None,
    consumer: tasks.EmbeddedConsumer,
    post: Submit,
    mail_server: MailServer,
    receiver: Receiver,
) -> None:
    receiver.held.set()
    try:
        post()
        wait_until(lambda: len(receiver.requests) == 1, SECONDS, "the webhook is at hand")
        post(selector__exact="another mistake")
        wait_until(lambda: len(mail_server.messages) == 2, SECONDS, "both mails")
        assert len(receiver.requests) == 1
    finally:
        receiver.held.clear()
