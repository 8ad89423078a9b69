"""Many workers on one database, SQLite or PostgreSQL, and one real mail server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade
from postgresql_server import MISSING, find_initdb, postgresql_cluster
from smtp_server import MailServer
from sqlalchemy import select
from submissions import Submit

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery
from server.notify.deliver import deliver_due
from server.notify.outbox import claim_due
from server.schema import MIGRATIONS_DIR, upgrade_schema

MESSAGES = 24
WORKERS = 4


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    initdb = find_initdb()
    if initdb is None:
        pytest.skip(MISSING)
    with postgresql_cluster(initdb) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, settings: Settings, mail_server: MailServer
) -> Iterator[Flask]:
    settings = replace(settings, smtp_host="127.0.0.1", smtp_port=mail_server.port)
    if request.param == "postgresql":
        settings = replace(settings, database_url=request.getfixturevalue("postgresql"))
    app = create_app(settings)
    with app.app_context():
        upgrade_schema()
        yield app
        db.session.remove()
        downgrade(directory=str(MIGRATIONS_DIR), revision="base")
        db.engine.dispose()


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
