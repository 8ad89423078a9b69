"""What joins and what opens again, on SQLite and on PostgreSQL, through the public endpoint."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade
from postgresql_server import MISSING, find_initdb, postgresql_cluster
from sqlalchemy import select, update
from submissions import ORIGIN, body_for

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.intake.recording import record
from server.intake.schema import new_submission
from server.models import Announcement, Event, Page, Report, Site
from server.reports import on_page
from server.reports.recurrence import GRACE, READERS
from server.reports.resolution import resolve
from server.reports.submission import NewSubmission
from server.schema import MIGRATIONS_DIR, upgrade_schema
from server.sites import add_site

BEFORE, AFTER = "The council has begun to ", " letters from people who live near the harbour."
SENTENCE = f"{BEFORE}recieve{AFTER}"
RIGHT = f"{BEFORE}receive{AFTER}"
Send = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application on a migrated database; each test has a page of its own."""
    settings = Settings(
        mode="development",
        secret_key="a secret key for the tests alone, long enough",
        data_dir=tmp_path_factory.mktemp("grouping") / "var",
        intake_network_limit="10000/minute",
        intake_site_limit="10000/minute",
        spam_pages="10000/minute",
        spam_places="10000/minute",
        spam_page_places="10000/day",
    )
    if request.param == "sqlite":
        yield from _run(settings)
        return
    initdb = find_initdb()
    if initdb is None:
        pytest.skip(MISSING)
    with postgresql_cluster(initdb) as url:
        yield from _run(replace(settings, database_url=url))


def _run(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    with app.app_context():
        upgrade_schema()
        with write_transaction() as session:
            add_site(session, "The News", [ORIGIN])
        yield app
        db.session.remove()
        downgrade(directory=str(MIGRATIONS_DIR), revision="base")
        db.engine.dispose()


@pytest.fixture
def page(request: pytest.FixtureRequest) -> str:
    return f"{ORIGIN}/{abs(hash(request.node.name))}"


@pytest.fixture
def send(app: Flask, page: str) -> Send:
    """Report what is selected of SENTENCE, or ``selector`` as it is; gives the answer."""
    # Of no session: threads send too.
    site = Site(key=db.session.scalars(select(Site.key)).one())
    networks = itertools.count(1)

    def post(exact: str = "recieve", suggestion: str = "", **changes: Any) -> dict[str, Any]:
        at = SENTENCE.find(exact)
        before, after = (SENTENCE[:at], SENTENCE[at + len(exact) :]) if at >= 0 else ("", "")
        reader = changes.pop("reader", None) or f"10.0.{next(networks)}.1"
        fields: dict[str, Any] = {
            "page__url": page,
            "selector__exact": exact,
            "selector__prefix": before[-32:],
            "selector__suffix": after[:32],
            "passage__before": before,
            "passage__after": after,
            "suggestion": suggestion,
            "fragment": f"text={exact.split(maxsplit=1)[0]}",
        } | changes
        answer = app.test_client().post(
            "/api/v1/submissions",
            data=json.dumps(body_for(site, **fields)),
            content_type="text/plain",
            headers={"Origin": ORIGIN},
            environ_base={"REMOTE_ADDR": reader},
        )
        assert answer.status_code in (200, 201), answer.text
        return answer.get_json()

    return post


def reports_of(page: str) -> list[Report]:
    db.session.rollback()
    return list(
        db.session.scalars(select(Report).join(Page).where(Page.url == page).order_by(Report.id))
    )


def only_page(url: str) -> Page:
    db.session.rollback()
    return db.session.scalars(select(Page).where(Page.url == url)).one()


def only_report(page: str) -> Report:
    (report,) = reports_of(page)
    return report


def close(page: str, resolution: str, ago: timedelta = timedelta(minutes=5)) -> None:
    """As an editor would, some time ago."""
    report = only_report(page)
    with write_transaction() as session:
        resolve(session, report, resolution, version=report.version, actor=None, source="dashboard")
    with write_transaction() as session:
        report = session.get_one(Report, report.id)
        assert report.resolved_at is not None
        report.resolved_at -= ago
        for submission in report.submissions:
            submission.received_at -= ago + timedelta(hours=1)


def kinds(report: Report) -> list[str]:
    return [event.kind for event in report.events]


def announced(report: Report) -> list[str]:
    """What readers did that editors are to hear of."""
    return list(
        db.session.scalars(
            select(Event.kind)
            .join(Announcement)
            .where(Event.report_id == report.id, Event.source == "widget")
            .order_by(Event.id)
        )
    )


def test_wider_and_narrower_selections_join(send: Send, page: str) -> None:
    send("recieve", "receive")

    assert send("begun to recieve letters", "begun to receive letters")["readers"] == 2
    assert send(SENTENCE, RIGHT)["readers"] == 3
    assert send("eciev")["readers"] == 4
    assert send(SENTENCE)["readers"] == 5
    assert only_report(page).readers == 5


def test_edited_neighbours_and_quotes_join(send: Send, page: str) -> None:
    send("recieve", "receive")
    edited = "City councillors have begun to "

    answer = send(
        "recieve", "get", selector__prefix=edited, passage__before=edited, passage__after=AFTER
    )

    assert answer["readers"] == 2


def test_second_occurrence_does_not_join(send: Send, page: str) -> None:
    send("recieve", "receive")

    answer = send(
        "recieve",
        "receive",
        selector__prefix="and nobody there wants to ",
        selector__suffix=" bad news.",
        passage__before="",
        passage__after="",
    )

    assert answer == answer | {"status": "new", "readers": 1}
    assert len(reports_of(page)) == 2


def test_two_mistakes_in_one_selection_are_two_reports(send: Send, page: str) -> None:
    send(SENTENCE, RIGHT)

    answer = send(SENTENCE, SENTENCE.replace("people", "persons"))

    assert answer["status"] == "new"
    assert send("people", "persons")["readers"] == 2
    assert send("recieve")["readers"] == 2


def test_first_suggestion_brings_its_quote_with_it(send: Send, page: str) -> None:
    send(SENTENCE)
    send("recieve", "receive")
    send("begun to recieve", "begun to get")

    report = only_report(page)
    assert (report.exact, report.suggestion, report.fragment) == (
        "recieve",
        "receive",
        "text=recieve",
    )
    assert report.before + report.exact + report.after == SENTENCE
    assert [each.exact for each in report.submissions] == [SENTENCE, "recieve", "begun to recieve"]
    assert send("recieve")["readers"] == 4
    assert send("people")["status"] == "new", "the sentence no longer stands for all its words"


def test_same_page_under_another_address_joins(send: Send, page: str) -> None:
    send("recieve")

    assert send("to recieve", page__url=f"{page}/?utm_source=x#top")["readers"] == 2


def test_readers_at_once_with_different_selections_make_one_report(
    app: Flask, send: Send, page: str
) -> None:
    send("people", "persons")
    selections = ["recieve", "to recieve", "recieve letters", "begun to recieve letters from"] * 3

    with ThreadPoolExecutor(len(selections)) as pool:
        answers = list(
            pool.map(lambda exact: send(exact, exact.replace("recieve", "receive")), selections)
        )

    assert sorted(answer["readers"] for answer in answers) == list(range(1, len(selections) + 1))
    assert [report.readers for report in reports_of(page)] == [1, len(selections)]


def test_transaction_that_comes_second_sees_what_the_first_wrote(
    app: Flask, send: Send, page: str
) -> None:
    """As two processes write at the same moment: the first has not committed yet."""
    send("people", "persons")
    site_id = db.session.scalars(select(Site.id)).one()
    db.session.rollback()
    written, may_commit = threading.Event(), threading.Event()

    def body(exact: str) -> NewSubmission:
        before, after = SENTENCE.split(exact)
        data = body_for(
            Site(key="any"),
            selector={"exact": exact, "prefix": before[-32:], "suffix": after[:32]},
            passage={"before": before, "after": after},
            suggestion="",
        )
        return new_submission(data | {"page": {"url": page}}, site_id, page)

    def first() -> None:
        with app.app_context(), write_transaction() as session:
            record(session, [body("recieve")])
            written.set()
            may_commit.wait(10)

    def second() -> int:
        written.wait(10)
        threading.Timer(0.5, may_commit.set).start()
        with app.app_context(), write_transaction() as session:
            (answer,) = record(session, [body("to recieve letters")])
        return answer.readers

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert pool.submit(second).result() == 2
    assert len(reports_of(page)) == 2


def test_flooded_page_still_joins_what_is_new(app: Flask, send: Send, page: str) -> None:
    send("people", "persons")
    first = only_report(page)
    with write_transaction() as session:
        session.add_all(
            Report(
                site_id=first.site_id,
                page_id=first.page_id,
                place_hash=number.to_bytes(32),
                exact=f"nonsense {number}",
            )
            for number in range(300)
        )

    assert send("recieve", "receive")["status"] == "new"
    assert send("to recieve", "to receive")["readers"] == 2
    assert send("people", "persons")["readers"] == 2, "by its hash, however old it is"


def test_fixed_report_is_counted_while_caches_may_show_it(send: Send, page: str) -> None:
    send("recieve", "receive")
    close(page, "fixed", ago=GRACE - timedelta(hours=1))

    answer = send("to recieve", "to receive")

    report = only_report(page)
    assert answer == answer | {"status": "known", "readers": 2}
    assert (report.status, kinds(report)) == ("fixed", ["opened", "fixed", "joined"])
    assert announced(report) == ["opened"]


def test_fixed_report_opens_again_after_that(send: Send, page: str) -> None:
    send("recieve", "receive")
    close(page, "fixed", ago=GRACE + timedelta(minutes=1))
    version = only_report(page).version

    answer = send("to recieve", "to receive")

    report = only_report(page)
    assert answer == answer | {"status": "known", "readers": 2}
    assert (report.status, report.resolved_at) == ("open", None)
    assert report.version == version + 1
    assert kinds(report) == ["opened", "fixed", "reopened"]
    assert announced(report) == ["opened", "reopened"]


def test_rejected_report_is_counted_and_opens_for_several_readers(send: Send, page: str) -> None:
    send("recieve", "receive")
    close(page, "rejected", ago=timedelta(days=90))

    for _ in range(READERS):
        send("recieve", "receive", reader="10.9.9.9")
    assert only_report(page).status == "rejected"
    for number in range(1, READERS):
        send("to recieve", reader=f"10.9.8.{number}")

    report = only_report(page)
    assert report.status == "open"
    assert kinds(report) == [
        "opened",
        "rejected",
        *["joined"] * (2 * READERS - 2),
        "reopened",
    ]


def test_rejected_report_opens_for_another_suggestion_and_shows_it(send: Send, page: str) -> None:
    send("recieve", "receive")
    close(page, "rejected")
    send("recieve", "receive")

    send("to recieve letters", "to get letters")

    report = only_report(page)
    assert kinds(report) == ["opened", "rejected", "joined", "reopened"]
    assert (report.exact, report.suggestion) == ("to recieve letters", "to get letters")


def test_spam_is_counted_and_no_more(send: Send, page: str) -> None:
    send("recieve", "receive")
    close(page, "spam", ago=timedelta(days=90))

    send("recieve", "get")
    send(SENTENCE)

    report = only_report(page)
    assert (report.status, report.readers, report.suggestion) == ("spam", 3, "receive")
    assert kinds(report) == ["opened", "spam", "joined", "joined"]


def test_reports_of_a_page_stand_where_the_latest_readers_saw_them(send: Send, page: str) -> None:
    def read(exact: str, start: int, length: int = 2000) -> None:
        position = {"start": start, "of": length}
        send(exact, selector__position=position, selector__prefix="", passage={})

    read("untill", 900)
    read("harbuor", 1400)
    read("wich", 300)
    # A paragraph came at the top.
    read("harbuor", 1900, 2500)
    read("lenght", 1600, 2500)

    shown = on_page.reports_of_page(db.session(), only_page(page))

    # What was at 900 of 1,400 is in proportion at 1,221 of 1,900.
    assert [report.exact for report in shown.placed] == ["wich", "untill", "lenght", "harbuor"]
    assert shown.unplaced == []


def test_report_whose_place_was_not_written_is_joined_by_its_quote(
    app: Flask, send: Send, page: str
) -> None:
    """As those are that were stored before places were."""
    send("recieve", "receive")
    with write_transaction() as session:
        session.execute(update(Report).values(place=None))

    assert send("to recieve", "to receive")["readers"] == 2
