"""A clock that is put back shuts nobody out, and nothing is remembered for longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import Submit

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Report, Site
from server.sites import change_site


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, intake_network_limit="3/hour")


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def test_who_sent_too_much_waits_no_longer_for_it(
    post: Submit, traveller: time_machine.Traveller
) -> None:
    assert [post().status_code for _ in range(4)] == [201, 200, 200, 429]

    traveller.shift(timedelta(days=-1))

    assert post().status_code == 200


def test_changed_settings_are_seen_in_time(
    post: Submit, site: Site, traveller: time_machine.Traveller
) -> None:
    post()
    with write_transaction() as session:
        change_site(session.get_one(Site, site.id), challenge="pow")

    traveller.shift(timedelta(days=-1))

    assert post().status_code == 403


def test_unknown_key_is_looked_up_in_time(
    client: FlaskClient, post: Submit, site: Site, traveller: time_machine.Traveller
) -> None:
    key, other = site.key, "ck_" + "0" * 32
    assert client.post(f"/api/v1/submissions?site={other}").status_code == 404
    with write_transaction() as session:
        session.get_one(Site, site.id).key = other

    traveller.shift(timedelta(days=-1))

    assert client.post(f"/api/v1/submissions?site={other}", data="{}").status_code != 404
    assert client.post(f"/api/v1/submissions?site={key}").status_code == 404


def test_readers_join_and_the_history_keeps_its_order(
    submit: Submit, traveller: time_machine.Traveller
) -> None:
    submit()
    traveller.shift(timedelta(days=-1))

    assert submit().json["readers"] == 2

    report = db.session.scalars(select(Report)).one()
    assert [event.kind for event in report.events] == ["opened", "joined"]
