"""Two who set a server up at the same moment: one of them wins, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.first_run import SetUpAlready, make_first_account, setup_token
from server.models import Base, User

RIVALS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Flask]:
    if request.param == "postgresql":
        settings = replace(settings, database_url=request.getfixturevalue("postgresql"))
    app = create_app(settings)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        Base.metadata.drop_all(db.engine)
        db.engine.dispose()


def test_one_of_several_wins(app: Flask) -> None:
    settings: Settings = app.extensions["copydesk_settings"]
    together = threading.Barrier(RIVALS)

    def become_first(number: int) -> bool:
        with app.app_context():
            together.wait()
            try:
                with write_transaction() as session:
                    make_first_account(
                        session,
                        settings,
                        setup_token(settings),
                        f"rival-{number}@news.example",
                        "a long password for tests",
                    )
            except SetUpAlready:
                return False
            return True

    with ThreadPoolExecutor(RIVALS) as pool:
        won = list(pool.map(become_first, range(RIVALS)))

    assert won.count(True) == 1
    assert len(db.session.scalars(select(User)).all()) == 1
