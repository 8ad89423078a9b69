"""The worker dies in the midst of an action on many reports: it ends all the same, each report is
changed once, and what the editor sees of it is true at every moment. So does taking it back."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import killable
import pytest
from flask import Flask
from live_server import wait_until
from sqlalchemy import func, select
from submissions import EDITOR, store_reports

from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import BulkAction, Event, Report, Site, User
from server.reports import bulk
from server.reports.bulk import Progress, progress_of

pytestmark = pytest.mark.usefixtures("database_url")

REPORTS = 150
KILLS = 3
# A batch takes some hundred statements, each counted before and after.
LONGEST_LIFE = 250
PATIENCE = 120


@pytest.fixture
def settings(process_settings: Settings) -> Settings:
    return process_settings


@pytest.fixture
def app(migrated_app: Flask) -> Flask:
    return migrated_app


@pytest.fixture
def asked(app: Flask, site: Site) -> int:
    """An editor asked for many reports to be fixed, of which one was changed meanwhile."""
    with write_transaction() as session:
        store_reports(session, site, REPORTS, evaluated_at=now())
        user = session.scalars(select(User).where(User.email == EDITOR)).one()
        seen = [(id, version) for id, version in session.execute(select(Report.id, Report.version))]
        action = bulk.begin(session, user, "fixed", seen)
        session.get_one(Report, seen[REPORTS // 2][0]).version += 1
        return action.id


def progress(action_id: int) -> tuple[str, Progress]:
    db.session.rollback()
    action = db.session.get_one(BulkAction, action_id)
    return action.state, progress_of(db.session(), action)


def events(kind: str) -> list[int]:
    """The reports with an event of a kind, each as often as it has one."""
    found = select(Event.report_id).where(Event.kind == kind).order_by(Event.report_id)
    return list(db.session.scalars(found))


def is_done(action_id: int) -> bool:
    return progress(action_id)[0] == "done"


def work_with_deaths(settings: Settings, log: Path, action_id: int, kind: str) -> int:
    """One worker after the other dies at another statement, then one ends the work; how many
    died."""
    chance, kills, total = random.Random(7), 0, progress(action_id)[1].total
    while kills < KILLS and not is_done(action_id):
        worker = killable.dying_worker(settings, log, "bulk", chance.randrange(1, LONGEST_LIFE))
        try:
            wait_until(
                lambda worker=worker: not worker.is_alive() or is_done(action_id),
                PATIENCE,
                "its death",
            )
        finally:
            worker.kill()
            worker.join()
        assert worker.exitcode == -signal.SIGKILL, log.read_text()
        kills += 1
        _, seen = progress(action_id)
        assert seen.total == total
        assert len(events(kind)) == seen.done
    worker = killable.worker(settings, log)
    try:
        wait_until(lambda: is_done(action_id), PATIENCE, f"all is done, see {log}")
    finally:
        worker.terminate()
        worker.join()
    return kills


def test_worker_killed_in_the_midst_changes_each_report_once_and_takes_it_back_once(
    app: Flask, settings: Settings, asked: int, tmp_path: Path
) -> None:
    log = tmp_path / "log"

    assert work_with_deaths(settings, log, asked, "fixed") >= 2
    assert progress(asked) == ("done", Progress(REPORTS - 1, 1, 0, undone=False))
    fixed = events("fixed")
    assert len(fixed) == len(set(fixed)) == REPORTS - 1

    with write_transaction() as session:
        undoing = bulk.begin_undo(session, session.get_one(BulkAction, asked)).id
    assert work_with_deaths(settings, log, undoing, "reopened") >= 2
    assert progress(undoing) == ("done", Progress(REPORTS - 1, 0, 0, undone=False))
    assert events("reopened") == fixed
    assert set(db.session.scalars(select(Report.status))) == {"open"}
    assert db.session.scalar(select(func.count()).select_from(Report)) == REPORTS
