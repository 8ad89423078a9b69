"""What the intake asks before it writes is looked up by an index, row by row, also where one site
has all rows, as in most installations."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text
from submissions import ORIGIN, body_for

from server.database import write_transaction
from server.extensions import db
from server.intake.recording import record
from server.intake.schema import new_submission
from server.models import Site
from server.reports import known
from server.reports.submission import NewSubmission
from server.sites import add_site
from server.statements import BulkSelect

pytestmark = pytest.mark.usefixtures("database_url")

# Where reading all would be cheaper than looking up, no planner would be to blame.
PAGES = 300
READS_ALL = re.compile(
    r"Seq Scan|SCAN (?:page|report|submission)|Index Cond: \(?\(site_id = [^()]*\)$"
)


def submission(site_id: int, number: int) -> NewSubmission:
    page = f"{ORIGIN}/{number}"
    key = f"a-key-of-its-own-{number}"
    return new_submission(
        body_for(Site(key="any"), page={"url": page}, idempotency_key=key), site_id, page
    )


def test_each_question_is_looked_up(app: Flask) -> None:
    with write_transaction() as session:
        site_id = add_site(session, "The News", [ORIGIN]).id
    stored = [submission(site_id, number) for number in range(PAGES)]
    with write_transaction() as session:
        record(session, stored)
    if db.engine.dialect.name == "postgresql":
        # As autovacuum does by itself within a minute.
        with write_transaction() as session:
            session.execute(text("ANALYZE page, report, submission"))
    new = stored[7]
    page = (site_id, new.url_hash)
    questions = {
        known.ANSWERS: (site_id, new.idempotency_key),
        known.PAGES: page,
        known.REPORTS: (*page, new.place_hash),
        known.PLACES: page,
    }

    for question, asked in questions.items():
        plan = plan_of(question, asked)

        # By each column that is asked for, not by the site alone.
        columns = {"url_hash", "idempotency_key", "place_hash", "page_id"}
        looked_up = [line for line in plan if any(name in line for name in columns)]
        assert looked_up, plan
        assert not [line for line in plan if READS_ALL.search(line)], plan


def plan_of(question: BulkSelect, asked: tuple[object, ...]) -> list[str]:
    """The lines of the database's own plan that say which rows it reads."""
    dialect = db.engine.dialect
    statement, values = question.statement(dialect, [asked])
    explain = "EXPLAIN" if dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    rows = db.session.connection().exec_driver_sql(f"{explain} {statement}", tuple(values))
    return [str(row[-1]) for row in rows if re.search(r"Scan|Cond|SEARCH|SCAN", str(row[-1]))]
