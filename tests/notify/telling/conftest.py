"""A Monday at noon, and an editor who chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from telling import MONDAY_NOON

from server.database import write_transaction
from server.models import Site, User
from server.notify.subscriptions import Choices, choose


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def chosen(site: Site, editor: User) -> Callable[..., None]:
    """Let the editor choose."""

    def choose_now(**choices: object) -> None:
        with write_transaction() as session:
            user = session.get_one(User, editor.id)
            values = {"zone": "Europe/Berlin", **choices}
            choose(session, site.id, user, Choices(**values))

    return choose_now


@pytest.fixture
def daily(chosen: Callable[..., None]) -> None:
    chosen(mode="daily", hour=8)
