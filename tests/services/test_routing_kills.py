"""The worker dies while it decides who hears of what: everybody hears of each report once."""

from __future__ import annotations

import random
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import killable
import pytest
from flask import Flask
from live_server import wait_until
from smtp_server import MailServer
from sqlalchemy import delete, func, select, update
from submissions import EDITOR, ORIGIN, Submit

from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Announcement, Breaker, Delivery, Report, Site
from server.notify.desk import add_recipient
from server.notify.rules import NewRule, add_rule
from server.notify.subscriptions import Choices
from server.text.matching import Conditions

pytestmark = pytest.mark.usefixtures("database_url")

REPORTS = 60
KILLS = 6
# An announcement takes some ten statements, each counted before and after.
LONGEST_LIFE = 200
DESK, SPORT = "desk@news.example", "sport@news.example"
PATIENCE = 120


@pytest.fixture
def settings(process_settings: Settings) -> Settings:
    return process_settings


@pytest.fixture
def app(migrated_app: Flask) -> Flask:
    return migrated_app


@pytest.fixture
def announced(app: Flask, site: Site, post: Submit) -> None:
    """Reports that nobody heard of yet. Sport has a recipient of its own, all else two."""
    with write_transaction() as session:
        add_recipient(session, site.id, DESK, Choices())
        sport = NewRule(conditions=Conditions(path="/sport/*"), recipients=[SPORT])
        add_rule(session, site.id, sport)
        # No mail leaves meanwhile: a death between sending and marking is another test's.
        for address in (EDITOR, DESK, SPORT):
            held = now() + timedelta(hours=1)
            session.add(Breaker(channel="mail", recipient=address, refusals=5, probe_at=held))
    for number in range(REPORTS):
        folder = "sport" if number % 3 == 0 else "news"
        assert post(page__url=f"{ORIGIN}/{folder}/{number}").status_code == 201
    with write_transaction() as session:
        session.execute(update(Report).values(evaluated_at=now()))


def unrouted() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Announcement.routed_at.is_(None))) or 0


def kill_while_routing(settings: Settings, log: Path) -> int:
    """Start one worker after the other, each of which dies at another statement."""
    chance = random.Random(5)
    for kills in range(KILLS):
        worker = killable.dying_worker(settings, log, "routing", chance.randrange(1, LONGEST_LIFE))
        try:
            wait_until(
                lambda worker=worker: not worker.is_alive() or not unrouted(), PATIENCE, "its death"
            )
            if worker.is_alive():
                return kills
        finally:
            worker.kill()
            worker.join()
        assert worker.exitcode == -signal.SIGKILL, log.read_text()
    return KILLS


def test_worker_killed_while_it_routes_tells_everybody_of_each_report_once(
    app: Flask, settings: Settings, announced: None, mail_server: MailServer, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    assert kill_while_routing(settings, log) >= 2
    with write_transaction() as session:
        session.execute(delete(Breaker))
    worker = killable.worker(settings, log)
    try:
        wait_until(lambda: not unrouted(), PATIENCE, f"all is routed, see {log}")
        wait_until(
            lambda: len(mail_server.messages) >= expected().total(), PATIENCE, f"mails, see {log}"
        )
    finally:
        worker.terminate()
        worker.join()

    assert Counter(heard_of()) == expected()
    assert Counter(map(str, mail_server.recipients)) == Counter(
        address for _, address in expected()
    )
    assert not db.session.scalar(select(func.count()).where(Delivery.possible_duplicate))


def expected() -> Counter[tuple[int, str]]:
    """By report and address, each once."""
    db.session.rollback()
    return Counter(
        (report.id, address)
        for report in db.session.scalars(select(Report))
        for address in ([SPORT] if "/sport/" in report.page.url else [EDITOR, DESK])
    )


def heard_of() -> list[tuple[int, str]]:
    db.session.rollback()
    rows = db.session.execute(select(Delivery.report_id, Delivery.recipient))
    return [(report_id, recipient) for report_id, recipient in rows]
