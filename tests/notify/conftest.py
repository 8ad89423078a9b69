"""An application that sends through a real mail server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from smtp_server import MailServer
from sqlalchemy import select, update

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery


@pytest.fixture
def settings(settings: Settings, mail_server: MailServer) -> Settings:
    return replace(settings, smtp_host="127.0.0.1", smtp_port=mail_server.port, smtp_timeout=2.0)


@pytest.fixture
def deliveries() -> Callable[[], list[Delivery]]:
    """All deliveries as they stand now, in the order in which they came to be owed."""

    def read() -> list[Delivery]:
        db.session.rollback()
        db.session.expire_all()
        return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))

    return read


@pytest.fixture
def make_due() -> Callable[[], None]:
    """Let every delivery be due, as if its wait were over."""

    def make() -> None:
        with write_transaction() as session:
            session.execute(update(Delivery).values(due_at=clock.now() - timedelta(seconds=1)))

    return make
