"""How many reports the views of the queue hold within a filter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from submissions import ORIGIN

from server.database import write_transaction
from server.extensions import db
from server.models import Page, Report, Site, User
from server.models.report import STATUSES
from server.reports import queue, walk
from server.reports.counting import Count, counts_of_views
from server.reports.filters import Filter
from server.reports.words import index_words
from server.text.address import address_hash

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
FILTERS = [
    Filter(author="Ann"),
    Filter(author="Nobody"),
    Filter(first_day=date(2026, 11, 4)),
    Filter(last_day=date(2026, 11, 9), min_readers=2),
    Filter(min_score=50),
    Filter(words="council"),
    Filter(words="council", author="Ben", min_score=20),
]


@pytest.fixture
def reports(site: Site, editor: User) -> None:
    """Of each status some, with and without an assignee, on pages of two authors."""
    with write_transaction() as session:
        pages = []
        for author in ("Ann", "Ben"):
            url = f"{ORIGIN}/{author}"
            pages.append(Page(site_id=site.id, url=url, url_hash=address_hash(url), author=author))
        session.add_all(pages)
        session.flush()
        cases = product(STATUSES, (None, editor.id), pages)
        for number, (status, holder, page) in enumerate(cases):
            report = Report(
                site_id=site.id,
                page_id=page.id,
                place_hash=str(number).encode(),
                status=status,
                exact="recieve",
                before="The council " if number % 3 else "The board ",
                readers=1 + number % 4,
                score=number * 7 % 100,
                last_submitted_at=FIRST + timedelta(days=number),
                assignee_id=holder,
            )
            session.add(report)
            session.flush()
            index_words(session, [report.id])


def held(user: User, view: str, filter: Filter) -> int:
    return len(queue.reports_in_view(db.session(), user, view, filter=filter).reports)


@pytest.mark.parametrize("few", [walk.FEW, -1], ids=["few", "many"])
@pytest.mark.parametrize("filter", FILTERS)
def test_counts_are_those_of_the_lists(
    reports: None, editor: User, filter: Filter, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FEW", few)

    counts = counts_of_views(db.session(), editor, filter)

    assert counts == {view: Count(held(editor, view, filter)) for view in counts}
    assert set(counts) == {"open", "mine", "waiting", *STATUSES, "all"}


@pytest.mark.parametrize("few", [walk.FEW, -1], ids=["few", "many"])
@pytest.mark.parametrize("filter", [Filter(author="n"), Filter(first_day=FIRST.date())])
def test_counting_ends_at_its_limit(
    reports: None, editor: User, filter: Filter, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FEW", few)
    monkeypatch.setattr(queue, "COUNT_LIMIT", 3)

    counts = counts_of_views(db.session(), editor, filter)

    assert counts["open"] == counts["all"] == Count(3, more=True)
    assert counts["mine"] == Count(2)


def test_nothing_is_counted_without_a_site(app: object, editor: User) -> None:
    with write_transaction() as session:
        stranger = User(email="stranger@news.example", password="hashed")
        session.add(stranger)
    counts = counts_of_views(db.session(), stranger, Filter(author="Ann"))

    assert set(counts.values()) == {Count(0)}
