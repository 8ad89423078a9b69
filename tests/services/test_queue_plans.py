"""What the queue asks, the databases answer from an index: no view, order or filter reads all
reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session
from submissions import ORIGIN

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Base, Page, Report, Site, User
from server.models.report import STATUSES
from server.reports import queue, scope
from server.reports.counting import counts_of_views
from server.reports.filters import Filter
from server.reports.views import ORDERS, VIEWS, Cursor
from server.reports.words import index_words
from server.sites import add_member, add_site, add_user
from server.text.address import address_hash
from server.text.page_identity import page_key

FILTERS = {
    "none": Filter(),
    "page": Filter(page=f"{ORIGIN}/sport/harbour"),
    "author": Filter(author="Ann"),
    "section": Filter(section="Sport"),
    "path": Filter(section="/sport"),
    "language": Filter(language="en"),
    "days": Filter(first_day=date(2026, 1, 1), last_day=date(2026, 1, 31), zone="Asia/Tokyo"),
    "readers": Filter(min_readers=3),
    "evidence": Filter(min_score=70),
    "words": Filter(words="council recei"),
}
LARGE = {"report", "page", "submission", "event", "report_words"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("plans")
    settings = Settings(mode="development", secret_key="long enough for tests", data_dir=folder)
    if request.param == "postgresql":
        settings = replace(settings, database_url=request.getfixturevalue("postgresql"))
    app = create_app(settings)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with write_transaction() as session:
            user = add_user(session, "ann@news.example", "a long password")
            for name in ("The News", "Other Times"):
                site = add_site(session, name, [ORIGIN])
                add_member(session, user, site)
                add_reports(session, site, user)
        yield app
        db.session.remove()
        Base.metadata.drop_all(db.engine)
        db.engine.dispose()


def add_reports(session: Session, site: Site, user: User) -> None:
    """Two reports of each status, one of them the user's, which every filter lets through."""
    url = f"{ORIGIN}/sport/harbour"
    page = Page(
        site_id=site.id,
        url=url,
        url_hash=address_hash(page_key(url)),
        author="Ann",
        section="Sport",
        language="en",
    )
    session.add(page)
    session.flush()
    for status, assignee in product(STATUSES, (None, user)):
        report = Report(
            site_id=site.id,
            page_id=page.id,
            place_hash=f"{status} {assignee}".encode(),
            status=status,
            exact="recieve",
            before="The council will ",
            suggestion="receive",
            readers=3,
            score=90,
            last_submitted_at=datetime(2026, 1, 7, tzinfo=UTC),
            assignee=assignee,
        )
        session.add(report)
        session.flush()
        index_words(session, [report.id])


@pytest.fixture
def plans(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The plans of all queries that are made, each a text."""
    # So that every filter is walked along the order too, as where it fits many reports.
    monkeypatch.setattr(scope, "FEW", -1)
    found: list[str] = []
    explaining = False

    def explain(
        connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> None:
        nonlocal explaining
        if explaining or not statement.startswith(("SELECT", "WITH")):
            return
        explaining = True
        how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{how} {statement}", parameters).all()
        found.append("\n".join(str(row[-1]) for row in rows))
        explaining = False

    session = db.session()
    session.rollback()
    if db.engine.dialect.name == "postgresql":
        # In an empty table it would read all even where there is an index.
        session.execute(text("SET LOCAL enable_seqscan = off"))
    event.listen(db.engine, "before_cursor_execute", explain)
    yield found
    event.remove(db.engine, "before_cursor_execute", explain)
    session.rollback()


def full_scans(plans: list[str]) -> list[str]:
    """The lines of plans that read a large table from its beginning to its end, or the whole of
    one of its indexes."""
    lines = [line.strip() for plan in plans for line in plan.splitlines()]
    return [line for line in lines if reads_all(line.removeprefix("->").split())]


def reads_all(words: list[str]) -> bool:
    match words:
        case ["SCAN", table, *rest]:
            return table in LARGE and "VIRTUAL" not in rest
        case ["Seq", "Scan", "on", table, *_]:
            return table in LARGE
    return False


def test_every_part_of_a_filter_is_among_those_tried() -> None:
    tried = {
        field.name
        for filter in FILTERS.values()
        for field in fields(filter)
        if getattr(filter, field.name) != field.default
    }

    assert tried == {field.name for field in fields(Filter)} - {"site_id"}


@pytest.mark.parametrize(("view", "order"), list(product(VIEWS, ORDERS)))
def test_no_page_of_the_queue_reads_all_reports(
    app: Flask, plans: list[str], view: str, order: str
) -> None:
    session, user = db.session(), db.session.query(User).one()
    moment = ORDERS["newest"].parse("2026-11-01T00:00:00+00:00")
    by = ORDERS[order]
    here = Cursor(moment if by.is_of_time else 1, 7)

    for filter in FILTERS.values():
        found = queue.reports_in_view(session, user, view, filter=filter, order=by)
        assert found.reports, "there is something to be looked at"
        queue.reports_in_view(session, user, view, filter=filter, order=by, after=here)

    assert len(plans) > 2 * len(FILTERS)
    assert full_scans(plans) == []


@pytest.mark.parametrize("view", VIEWS)
def test_news_and_counts_do_not_either(app: Flask, plans: list[str], view: str) -> None:
    session, user = db.session(), db.session.query(User).one()
    moment = ORDERS["newest"].parse("2026-11-01T00:00:00+00:00")

    for filter in FILTERS.values():
        assert counts_of_views(session, user, filter)[view].number
        queue.news_in_view(session, user, view, filter, moment)

    assert full_scans(plans) == []
