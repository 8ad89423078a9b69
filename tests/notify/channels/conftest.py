"""A site with a webhook, and a server that receives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from http_receiver import Receiver
from sqlalchemy import select, update

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Attempt, Channel, Delivery, Site
from server.notify.deliver import deliver_due
from server.notify.routing import route_due
from server.notify.site_channels import add_channel

AddChannel = Callable[..., Channel]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without mail, and allowed to call this machine, where the test's receiver is."""
    return replace(settings, smtp_host="", webhook_allow_private=True)


@pytest.fixture
def adding(site: Site, settings: Settings) -> AddChannel:
    def add(address: str, kind: str = "webhook", name: str = "Ticker", **options: Any) -> Channel:
        with write_transaction() as session:
            return add_channel(
                session,
                session.get_one(Site, site.id),
                kind,
                name=name,
                address=address,
                allow_private=settings.webhook_allow_private,
                **options,
            )

    return add


@pytest.fixture
def webhook(adding: AddChannel, receiver: Receiver) -> Channel:
    return adding(f"{receiver.url}/hook?a=b")


@pytest.fixture
def send() -> Callable[[], None]:
    """What a worker does when it is rung for."""

    def send() -> None:
        route_due()
        deliver_due()

    return send


@pytest.fixture
def owed() -> Callable[[], list[Delivery]]:
    """What channels are owed or were sent, oldest first."""

    def read() -> list[Delivery]:
        db.session.rollback()
        db.session.expire_all()
        return list(
            db.session.scalars(
                select(Delivery).where(Delivery.channel != "mail").order_by(Delivery.id)
            )
        )

    return read


@pytest.fixture
def attempts() -> Callable[[], list[Attempt]]:
    def read() -> list[Attempt]:
        db.session.rollback()
        return list(db.session.scalars(select(Attempt).order_by(Attempt.id)))

    return read


@pytest.fixture
def due() -> Callable[[], None]:
    """Let all waits be over."""

    def make() -> None:
        with write_transaction() as session:
            session.execute(update(Delivery).values(due_at=clock.now()))

    return make
