"""What the queue asks costs the databases the same however many reports there are: no view, order
or filter reads them all.

A database of each kind is filled with as many reports as make its planner decide as among a
million, and what is bounded is bounded low. Work is counted, not timed: on PostgreSQL the rows that
each step of a plan had in hand, on SQLite the steps of its machine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from flask import Flask
from full_queue import ADDRESS, NEWEST, fill
from sqlalchemy import Connection, event, select, text

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Base, User
from server.reports import counting, queue, walk, words
from server.reports.counting import counts_of_views
from server.reports.filters import Filter
from server.reports.views import ORDERS, VIEWS, Cursor

REPORTS = 60_000
# What few, and enough, are here. The smallest status has fifty times as many.
BOUND = 100
# For one page, and half of what the counts of all views may take. To look at every report of one
# status takes more.
MOST_ROWS = 1_600
MOST_STEPS = 32_000
# To look through the names of 300 authors for what was typed takes as much however many reports
# they have.
NAMES = {"postgresql": 1_000, "sqlite": 45_000}
FILTERS = {
    "none": Filter(),
    "page": Filter(page=ADDRESS),
    "few by an author": Filter(author="Rare"),
    "many by authors": Filter(author="Author 1"),
    "section": Filter(section="Section 3"),
    "path of few": Filter(section="/rare/"),
    "path of all": Filter(section="/articles/"),
    "language": Filter(language="en"),
    "a day": Filter(first_day=date(2026, 11, 20), last_day=date(2026, 11, 20)),
    "a year": Filter(first_day=date(2025, 6, 1), last_day=date(2026, 5, 31)),
    "two readers": Filter(min_readers=2),
    "six readers": Filter(min_readers=6),
    "evidence": Filter(min_score=70),
    "a rare word": Filter(words="word4999"),
    "a word of half": Filter(words="council word0"),
    "beginning of most": Filter(words="word1"),
    "rare, and a beginning": Filter(words="word4999 word1"),
    "an author's word": Filter(author="Rare", words="council"),
    "much at once": Filter(language="en", min_readers=2, min_score=20, words="word0"),
}


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
        with db.engine.connect() as connection:
            fill(connection, REPORTS)
        yield app
        db.session.remove()
        Base.metadata.drop_all(db.engine)
        db.engine.dispose()


@pytest.fixture
def bounds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module, name in (
        (walk, "FEW"),
        (walk, "LOOKED_AT"),
        (counting, "LOOKED_AT"),
        (queue, "COUNT_LIMIT"),
        (queue, "NEARBY"),
        (words, "MANY"),
    ):
        monkeypatch.setattr(module, name, BOUND)
    db.session.rollback()
    yield
    db.session.rollback()


def surplus(filter: Filter, ask: Callable[[], object], share: int = 1) -> int:
    """How much more work something was than it may be; 0 where it was not."""
    dialect = db.engine.dialect.name
    may = share * (MOST_ROWS if dialect == "postgresql" else MOST_STEPS)
    may += NAMES[dialect] if filter.author else 0
    done = _rows_read(ask) if dialect == "postgresql" else _steps(ask)
    return max(0, done - may)


def _steps(ask: Callable[[], object]) -> int:
    driver: Any = db.session.connection().connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    steps = 0

    def stepped() -> None:
        nonlocal steps
        steps += 10

    driver.set_progress_handler(stepped, 10)
    ask()
    driver.set_progress_handler(None, 0)
    return steps


def _rows_read(ask: Callable[[], object]) -> int:
    rows, explaining = 0, False

    def explain(connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        nonlocal rows, explaining
        if explaining or not statement.startswith(("SELECT", "WITH")):
            return
        explaining = True
        how = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
        [plan] = connection.exec_driver_sql(f"{how} {statement}", parameters).scalars()
        rows += _read_by(plan[0]["Plan"])
        explaining = False

    event.listen(db.engine, "before_cursor_execute", explain)
    ask()
    event.remove(db.engine, "before_cursor_execute", explain)
    return rows


def _read_by(plan: dict[str, Any]) -> int:
    """The rows that a step of a plan and those below it read of tables and indexes, those that
    they threw away too."""
    kinds = ("Actual Rows", *(name for name in plan if name.startswith("Rows Removed")))
    own = sum(plan[each] for each in kinds) * plan["Actual Loops"]
    reads = {"Relation Name", "Index Name"} & plan.keys()
    return (int(own) if reads else 0) + sum(map(_read_by, plan.get("Plans", ())))


def page_of(view: str, order: str, filter: Filter, *, further: bool = False) -> object:
    by, after = ORDERS[order], None
    if further:
        middle = {"newest": NEWEST.replace(year=2025), "certainty": 50, "readers": 2}
        after = Cursor(middle.get(order, middle["newest"]), REPORTS // 2)
    user = db.session.scalars(select(User)).one()
    return queue.reports_in_view(db.session(), user, view, filter=filter, order=by, after=after)


def test_every_part_of_a_filter_is_among_those_tried() -> None:
    tried = {
        field.name
        for filter in FILTERS.values()
        for field in fields(filter)
        if getattr(filter, field.name) != field.default
    }

    assert tried == {field.name for field in fields(Filter)} - {"site_id", "zone"}


@pytest.mark.parametrize("further", [False, True], ids=["first page", "further page"])
@pytest.mark.parametrize(("view", "order"), list(product(VIEWS, ORDERS)))
def test_no_page_of_the_queue_reads_all_reports(
    bounds: None, view: str, order: str, further: bool
) -> None:
    def of(filter: Filter) -> Callable[[], object]:
        return lambda: page_of(view, order, filter, further=further)

    costly = {name: surplus(filter, of(filter)) for name, filter in FILTERS.items()}

    assert {name: more for name, more in costly.items() if more} == {}


@pytest.mark.parametrize("filter", FILTERS)
def test_news_and_counts_do_not_either(bounds: None, filter: str) -> None:
    session, user = db.session(), db.session.scalars(select(User)).one()
    wanted, moment = FILTERS[filter], NEWEST.replace(month=10)

    counts = surplus(wanted, lambda: counts_of_views(session, user, wanted), 2)
    news = surplus(wanted, lambda: queue.news_in_view(session, user, "all", wanted, moment))

    assert (counts, news) == (0, 0)


@pytest.mark.parametrize(
    ("index", "view", "order", "filter"),
    [
        ("ix_report_queue", "all", "newest", "none"),
        ("ix_report_queue", "spam", "oldest", "none"),
        ("ix_report_certainty", "all", "certainty", "none"),
        ("ix_report_readers", "all", "readers", "none"),
        ("ix_report_page", "all", "newest", "few by an author"),
        ("ix_page_section", "all", "newest", "section"),
        ("ix_page_path", "all", "newest", "path of few"),
    ],
)
def test_without_its_index_it_is_noticed(
    bounds: None, index: str, view: str, order: str, filter: str
) -> None:
    with write_transaction() as session:
        session.execute(text(f"DROP INDEX {index}"))
        wanted = FILTERS[filter]
        costly = surplus(wanted, lambda: page_of(view, order, wanted))
        session.rollback()

    assert costly
