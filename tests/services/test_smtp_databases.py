"""Many workers on one database, SQLite or PostgreSQL, and one real mail server."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from smtp_server import MailServer
from sqlalchemy import select
from submissions import Submit

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery
from server.notify.deliver import deliver_due
from server.notify.outbox import claim_due

pytestmark = pytest.mark.usefixtures("database_url")

MESSAGES = 24
WORKERS = 4


@pytest.fixture
def settings(settings: Settings, mail_server: MailServer) -> Settings:
    return replace(settings, smtp_host="127.0.0.1", smtp_port=mail_server.port)


def test_workers_at_once_send_each_message_once(
    app: Flask, submit: Submit, mail_server: MailServer
) -> None:
    for number in range(MESSAGES):
        submit(selector__exact=f"mistake {number}")

    def work(_: int) -> int:
        with app.app_context():
            return deliver_due()

    with ThreadPoolExecutor(WORKERS) as pool:
        handled = sum(pool.map(work, range(WORKERS)))

    copies = Counter(message["Message-ID"] for message in mail_server.messages)
    rows = db.session.scalars(select(Delivery)).all()
    assert handled == MESSAGES
    assert copies == Counter(row.message_id for row in rows)
    assert {(row.state, row.possible_duplicate) for row in rows} == {("sent", False)}


def test_worker_that_went_away_is_replaced_by_one_alone(
    app: Flask, submit: Submit, mail_server: MailServer
) -> None:
    submit()
    with write_transaction() as session:
        assert claim_due(session, timedelta(seconds=-1))

    def work(_: int) -> int:
        with app.app_context():
            return deliver_due()

    with ThreadPoolExecutor(WORKERS) as pool:
        handled = sum(pool.map(work, range(WORKERS)))

    assert handled == 1
    assert len(mail_server.messages) == 1
    row = db.session.scalars(select(Delivery)).one()
    assert (row.state, row.possible_duplicate) == ("sent", True)
