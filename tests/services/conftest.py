"""What tests of services have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from one_sentence import Send, sender
from postgresql_server import MISSING, PostgresqlServer, find_initdb, postgresql_server
from smtp_server import MailServer

from server import create_app
from server.config import Settings
from server.extensions import db
from server.models import Site
from server.schema import upgrade_schema


@pytest.fixture
def own_postgresql() -> Iterator[PostgresqlServer]:
    """A PostgreSQL of the test's own, to be stopped and started again."""
    initdb = find_initdb()
    if initdb is None:
        pytest.skip(MISSING)
    with postgresql_server(initdb) as server:
        yield server


@pytest.fixture
def process_settings(settings: Settings, tmp_path: Path, mail_server: MailServer) -> Settings:
    """For several processes, which share a queue and send through a real mail server."""
    return replace(
        settings,
        tasks_url=f"sqlite:///{tmp_path / 'tasks.db'}",
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
    )


@pytest.fixture
def migrated_app(settings: Settings) -> Iterator[Flask]:
    """On a migrated database, as an operator has it: to look at it with, where other processes,
    which may be killed, do the work."""
    app = create_app(settings)
    with app.app_context():
        upgrade_schema()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def send(app: Flask, site: Site) -> Send:
    """Report what is selected of one sentence; see :func:`one_sentence.sender`."""
    return sender(app, site)
