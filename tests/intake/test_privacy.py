"""No log holds a sender's address or what a reader wrote, and no memory an address."""

from __future__ import annotations

import gc
import json
import logging
import sys
from functools import lru_cache
from types import FunctionType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from submissions import ORIGIN, body_for

from server.extensions import db
from server.models import Site
from server.network import sender_key
from server.text.page_identity import page_key

SECRET = "Call me, Ann Miller"
ADDRESS = "198.51.100.77"
LRU_CACHE = type(lru_cache(len))


def test_errors_of_the_database_are_logged_without_what_a_reader_wrote(
    app: Flask, client: FlaskClient, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(body_for(site, comment=SECRET, email="ann@example.org"))
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE submission")
        connection.commit()

    answer = client.post("/api/v1/submissions", data=body, headers={"Origin": ORIGIN})

    assert answer.status_code == 503
    assert "storage unavailable" in caplog.text
    assert SECRET not in caplog.text
    assert "ann@example.org" not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_the_text_of_a_database_error_holds_no_values(app: Flask) -> None:
    with pytest.raises(OperationalError) as raised, db.engine.connect() as connection:
        connection.execute(db.text("SELECT * FROM nowhere WHERE a = :a"), {"a": SECRET})

    assert SECRET not in str(raised.value)


def test_a_refused_request_is_not_logged(
    client: FlaskClient, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="server")

    client.post("/api/v1/submissions", data=SECRET, environ_base={"REMOTE_ADDR": ADDRESS})

    assert ADDRESS not in caplog.text
    assert SECRET not in caplog.text


def test_limits_know_a_sender_by_a_keyed_hash(app: Flask) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": ADDRESS}):
        first = sender_key()
    app.config["SECRET_KEY"] = "another"
    with app.test_request_context(environ_base={"REMOTE_ADDR": ADDRESS}):
        second = sender_key()

    assert ADDRESS not in first
    assert len(first) == 32
    assert first != second


def cache_within(function: object) -> object:
    """What a function of :mod:`server.text.remembered` asks; None of any other."""
    return next(
        (
            cell.cell_contents
            for cell in (type(function) is FunctionType and function.__closure__) or ()
            if type(cell.cell_contents) is LRU_CACHE
        ),
        None,
    )


def test_no_address_is_remembered_for_the_next_request(client: FlaskClient, site: Site) -> None:
    for data in (json.dumps(body_for(site)), SECRET):
        client.post("/api/v1/submissions", data=data, environ_base={"REMOTE_ADDR": ADDRESS})

    caches = [
        each
        for name, module in list(sys.modules.items())
        if name.startswith("server.")
        for each in (*vars(module).values(), *map(cache_within, vars(module).values()))
        if type(each) is LRU_CACHE
    ]
    assert page_key.__name__ in {each.__name__ for each in caches}
    remembered = [repr(kept) for each in caches for kept in gc.get_referents(each)]
    assert not [kept for kept in remembered if ADDRESS in kept]
