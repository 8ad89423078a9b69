"""What the queue asks costs the databases the same however many reports there are: no view, order
or filter reads them all.

A database of each kind is filled with as many reports as make its planner decide as among a
million, and what is bounded is bounded low.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from itertools import product

import pytest
from flask import Flask
from full_queue import ADDRESS, NEWEST, fill
from query_plans import indexes_of, work_of
from quick_app import make_app
from sqlalchemy import select, text

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Page, Report, Site, User
from server.reports import counting, queue, walk, words
from server.reports.counting import counts_of_views
from server.reports.evidence import pending_count
from server.reports.filters import Filter
from server.reports.views import ORDERS, VIEWS, Cursor
from server.statistics.figure import Period
from server.statistics.figures import FIGURES

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


# What each index is for.
QUESTIONS: dict[str, Callable[[], object]] = {
    "ix_report_queue": lambda: page_of("open", "newest", "none"),
    "ix_report_certainty": lambda: page_of("open", "certainty", "none"),
    "ix_report_readers": lambda: page_of("open", "readers", "none"),
    "ix_report_assignee": lambda: page_of("mine", "newest", "none"),
    "ix_report_page": lambda: page_of("all", "newest", "page"),
    "ix_report_came": lambda: figure("days"),
    "ix_report_closed": lambda: figure("time-to-fix"),
    "ix_report_unexamined": lambda: pending_count(db.session()),
    "ix_page_author": lambda: page_of("all", "newest", "few by an author"),
    "ix_page_section": lambda: page_of("all", "newest", "section"),
    "ix_page_language": lambda: page_of("all", "newest", "language"),
    "ix_page_path": lambda: page_of("all", "newest", "path of few"),
}


@pytest.fixture(scope="module")
def app(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(
        mode="development",
        secret_key="long enough for tests",
        data_dir=tmp_path_factory.mktemp("plans"),
        database_url=module_database_url,
    )
    app = make_app(settings)
    with app.app_context():
        with db.engine.connect() as connection:
            fill(connection, REPORTS)
        yield app
        db.session.remove()
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
    return max(0, work_of(ask) - may)


def page_of(view: str, order: str, filter: str, *, further: bool = False) -> object:
    by, after = ORDERS[order], None
    if further:
        middle = {"newest": NEWEST.replace(year=2025), "certainty": 50, "readers": 2}
        after = Cursor(middle.get(order, middle["newest"]), REPORTS // 2)
    user = db.session.scalars(select(User)).one()
    return queue.reports_in_view(
        db.session(), user, view, filter=FILTERS[filter], order=by, after=after
    )


def figure(name: str) -> object:
    days = Period(date(2026, 11, 20), date(2026, 11, 21))
    sites = db.session.scalars(select(Site.id)).all()
    return FIGURES[name](db.session(), sites, days)


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
    def of(name: str) -> Callable[[], object]:
        return lambda: page_of(view, order, name, further=further)

    costly = {name: surplus(filter, of(name)) for name, filter in FILTERS.items()}

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
        costly = surplus(FILTERS[filter], lambda: page_of(view, order, filter))
        session.rollback()

    assert costly


@pytest.mark.parametrize("index", QUESTIONS)
def test_each_index_is_taken_for_its_question(bounds: None, index: str) -> None:
    assert index in indexes_of(QUESTIONS[index])


def test_each_index_has_a_question() -> None:
    indexes = {index.name for model in (Page, Report) for index in model.__table__.indexes}

    assert indexes == set(QUESTIONS)
