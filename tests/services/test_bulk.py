"""One action on many reports by several workers, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from submissions import store_reports

from server.database import write_transaction
from server.extensions import db
from server.models import BulkAction, Event, Report, Site, User
from server.reports import bulk
from server.reports.bulk import Progress, progress_of, work_on_bulk_actions

pytestmark = pytest.mark.usefixtures("database_url")

REPORTS = 400
WORKERS = 4


@pytest.fixture(autouse=True)
def reports(site: Site) -> None:
    """Many open ones."""
    with write_transaction() as session:
        store_reports(session, site, REPORTS)


def test_several_workers_change_each_report_once_and_undo_it_once(app: Flask) -> None:
    def work(_: int) -> None:
        with app.app_context():
            while work_on_bulk_actions():
                pass

    def work_together() -> None:
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(work, range(WORKERS)))
        # Whoever found the action in another's hands went away.
        work(0)
        db.session.expire_all()

    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        seen = session.execute(select(Report.id, Report.version)).all()
        asked = bulk.begin(session, user, "fixed", [(id, version) for id, version in seen])
        asked_id = asked.id
    work_together()

    action = db.session.get_one(BulkAction, asked_id)
    assert action.state == "done"
    assert progress_of(db.session(), action) == Progress(REPORTS, 0, 0, undone=False)
    assert events("fixed") == REPORTS

    with write_transaction() as session:
        undoing_id = bulk.begin_undo(session, session.get_one(BulkAction, asked_id)).id
    work_together()

    undoing = db.session.get_one(BulkAction, undoing_id)
    assert progress_of(db.session(), undoing) == Progress(REPORTS, 0, 0, undone=False)
    assert events("reopened") == REPORTS
    assert set(db.session.scalars(select(Report.status))) == {"open"}


def events(kind: str) -> int:
    return db.session.scalar(select(func.count()).where(Event.kind == kind)) or 0
