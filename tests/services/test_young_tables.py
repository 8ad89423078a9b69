"""The intake of a new installation looks rows up, also before PostgreSQL knows that there are many.

It keeps the plan that it made for an empty table until the table is analysed, which happens once a
minute at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from submissions import ORIGIN, body_for

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.intake.recording import record
from server.intake.schema import new_submission
from server.models import Base, Site
from server.reports.submission import NewSubmission
from server.sites import add_site

PAGES = 400
# What belongs to three submissions; not what belongs to the site.
FEW = 60
TABLES = ("page", "report", "submission", "event")


# How many pages there are when the intake's statements are planned, and what is known of them then.
YOUNG = [(0, "nothing"), (1, "counted"), (200, "nothing"), (200, "counted")]


@pytest.fixture(params=YOUNG, ids=lambda young: f"{young[0]} pages, {young[1]}")
def site_id(request: pytest.FixtureRequest, postgresql_url: str, tmp_path: Path) -> Iterator[int]:
    """A site whose readers have begun to report; the statements of the intake are planned."""
    pages, known = request.param
    app = create_app(
        Settings(
            mode="development",
            secret_key="long enough for tests",
            data_dir=tmp_path,
            database_url=postgresql_url,
        )
    )
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with write_transaction() as session:
            for table in TABLES:
                session.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))
            site_id = add_site(session, "The News", [ORIGIN]).id
        if pages:
            intake(*(submission(site_id, number) for number in range(pages)))
        if known == "counted":
            with write_transaction() as session:
                session.execute(text(f"ANALYZE {', '.join(TABLES)}"))
        # What was planned so far is forgotten.
        db.engine.dispose()
        for number in range(20):
            intake(submission(site_id, 0, f"{number}", title=f"Title {number}"))
        yield site_id
        db.session.remove()
        db.engine.dispose()


def test_many_pages_cost_no_more_than_few(site_id: int) -> None:
    for begin in range(0, PAGES, 50):
        intake(*(submission(site_id, 200 + begin + number) for number in range(50)))

    read = intake(
        submission(site_id, 0, "again", title="Another title"),
        submission(site_id, 207, "again"),
        submission(site_id, 200 + PAGES),
    )

    assert read < FEW


def intake(*batch: NewSubmission) -> int:
    """How many rows were read to store submissions, by plans that are kept."""
    reads = text("SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables")
    with write_transaction() as session:
        session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        # What the transactions before have read may not be written down yet.
        before = session.scalar(reads) or 0
        record(session, batch)
        return int((session.scalar(reads) or 0) - before)


def submission(site_id: int, page: int, reader: str = "first", title: str = "") -> NewSubmission:
    """By each reader about the same mistake of the page."""
    address = f"{ORIGIN}/{page}"
    body = body_for(
        Site(key="any"),
        page={"url": address, "title": title or f"Page {page}"},
        idempotency_key=f"{page}-{reader}-and-enough-letters",
    )
    return new_submission(body, site_id, address)
