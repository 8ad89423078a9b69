"""Readers of a day are told apart, and nobody can find out who they were."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from submissions import ORIGIN, Submit, body_for

from server.database import write_transaction, write_with_retry
from server.extensions import db
from server.models import ReaderKey, Report, Site, Submission
from server.reports import readers
from server.reports.readers import DailyKeys, independent_readers

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> object:
    def travel(moment: datetime) -> None:
        monkeypatch.setattr(readers, "now", lambda: moment)

    return travel


def stored_days() -> list[date]:
    db.session.rollback()
    return list(db.session.scalars(select(ReaderKey.day).order_by(ReaderKey.day)))


def test_a_network_has_the_same_hash_all_day_in_every_process(app: Flask) -> None:
    one_process, another = DailyKeys(), DailyKeys()

    first = one_process.reader_hash(1, "192.0.2.7/32")

    assert len(first) == 16
    assert first == one_process.reader_hash(1, "192.0.2.7/32")
    assert first == another.reader_hash(1, "192.0.2.7/32")


def test_networks_and_sites_have_hashes_of_their_own(app: Flask) -> None:
    keys = DailyKeys()

    hashes = {
        keys.reader_hash(site, network)
        for site in (1, 2)
        for network in ("192.0.2.7/32", "192.0.2.8/32")
    }

    assert len(hashes) == 4


def test_the_key_changes_each_day_and_the_old_one_is_deleted(app: Flask, at) -> None:
    at(NOON)
    yesterday = DailyKeys().reader_hash(1, "192.0.2.7/32")
    keys = DailyKeys()
    keys.reader_hash(1, "192.0.2.7/32")

    at(NOON + timedelta(days=1))
    today = keys.reader_hash(1, "192.0.2.7/32")

    assert today != yesterday
    assert stored_days() == [date(2026, 11, 26)]


def test_the_first_report_of_a_day_does_not_hold_up_who_writes_for_others(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = json.dumps(body_for(site))
    makes_the_key = threading.Event()

    def announced(work: Callable[[Session], bytes]) -> bytes:
        makes_the_key.set()
        return write_with_retry(work)

    monkeypatch.setattr(readers, "write_with_retry", announced)
    records = app.extensions["records"]

    def send() -> int:
        client = app.test_client()
        origin = {"Origin": ORIGIN}
        return client.post("/api/v1/submissions", data=report, headers=origin).status_code

    with ThreadPoolExecutor(1) as pool:
        with write_transaction():
            first = pool.submit(send)
            assert makes_the_key.wait(20)
            # Nobody has begun to write for others.
            assert not records._busy
        assert first.result(20) == 201


def test_a_yesterdays_hash_cannot_be_made_again(app: Flask, at) -> None:
    at(NOON)
    yesterday = DailyKeys().reader_hash(1, "192.0.2.7/32")
    at(NOON + timedelta(days=1))
    DailyKeys().reader_hash(1, "192.0.2.7/32")

    at(NOON)

    assert DailyKeys().reader_hash(1, "192.0.2.7/32") != yesterday


def test_a_submission_keeps_the_hash_and_no_address(app: Flask, submit: Submit) -> None:
    submit()

    submission = db.session.scalars(select(Submission)).one()
    assert submission.reader_hash is not None
    row = db.session.execute(select(Submission.__table__)).one()
    assert not [value for value in row if "127.0.0.1" in str(value)]


def test_one_network_counts_once_a_day_as_an_independent_reader(app: Flask, submit: Submit) -> None:
    submit()
    submit()
    report = db.session.scalars(select(Report)).one()

    assert report.readers == 2
    assert independent_readers(db.session(), report.id) == 1
