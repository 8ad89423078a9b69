"""What joins, on SQLite and on PostgreSQL, through the public endpoint."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from one_sentence import AFTER, RIGHT, SENTENCE, Send, only_page, only_report, reports
from sqlalchemy import select, update
from submissions import PAGE_URL, body_for

from server.database import write_transaction
from server.extensions import db
from server.intake.recording import record
from server.intake.schema import new_submission
from server.models import Report, Site
from server.reports import on_page
from server.reports.submission import NewSubmission

pytestmark = pytest.mark.usefixtures("database_url")


def test_wider_and_narrower_selections_join(send: Send) -> None:
    send("recieve", "receive")

    assert send("begun to recieve letters", "begun to receive letters")["readers"] == 2
    assert send(SENTENCE, RIGHT)["readers"] == 3
    assert send("eciev")["readers"] == 4
    assert send(SENTENCE)["readers"] == 5
    assert only_report().readers == 5


def test_edited_neighbours_and_quotes_join(send: Send) -> None:
    send("recieve", "receive")
    edited = "City councillors have begun to "

    answer = send(
        "recieve", "get", selector__prefix=edited, passage__before=edited, passage__after=AFTER
    )

    assert answer["readers"] == 2


def test_second_occurrence_does_not_join(send: Send) -> None:
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
    assert len(reports()) == 2


def test_two_mistakes_in_one_selection_are_two_reports(send: Send) -> None:
    send(SENTENCE, RIGHT)

    answer = send(SENTENCE, SENTENCE.replace("people", "persons"))

    assert answer["status"] == "new"
    assert send("people", "persons")["readers"] == 2
    assert send("recieve")["readers"] == 2


def test_first_suggestion_brings_its_quote_with_it(send: Send) -> None:
    send(SENTENCE)
    send("recieve", "receive")
    send("begun to recieve", "begun to get")

    report = only_report()
    assert (report.exact, report.suggestion, report.fragment) == (
        "recieve",
        "receive",
        "text=recieve",
    )
    assert report.before + report.exact + report.after == SENTENCE
    assert [each.exact for each in report.submissions] == [SENTENCE, "recieve", "begun to recieve"]
    assert send("recieve")["readers"] == 4
    assert send("people")["status"] == "new", "the sentence no longer stands for all its words"


def test_same_page_under_another_address_joins(send: Send) -> None:
    send("recieve")

    assert send("to recieve", page__url=f"{PAGE_URL}/?utm_source=x#top")["readers"] == 2


def test_readers_at_once_with_different_selections_make_one_report(app: Flask, send: Send) -> None:
    send("people", "persons")
    selections = ["recieve", "to recieve", "recieve letters", "begun to recieve letters from"] * 3

    with ThreadPoolExecutor(len(selections)) as pool:
        answers = list(
            pool.map(lambda exact: send(exact, exact.replace("recieve", "receive")), selections)
        )

    assert sorted(answer["readers"] for answer in answers) == list(range(1, len(selections) + 1))
    assert [report.readers for report in reports()] == [1, len(selections)]


def test_transaction_that_comes_second_sees_what_the_first_wrote(app: Flask, send: Send) -> None:
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
        return new_submission(data | {"page": {"url": PAGE_URL}}, site_id, PAGE_URL)

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
    assert len(reports()) == 2


def test_flooded_page_still_joins_what_is_new(app: Flask, send: Send) -> None:
    send("people", "persons")
    first = only_report()
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


def test_reports_of_a_page_stand_where_the_latest_readers_saw_them(send: Send) -> None:
    def read(exact: str, start: int, length: int = 2000) -> None:
        position = {"start": start, "of": length}
        send(exact, selector__position=position, selector__prefix="", passage={})

    read("untill", 900)
    read("harbuor", 1400)
    read("wich", 300)
    # A paragraph came at the top.
    read("harbuor", 1900, 2500)
    read("lenght", 1600, 2500)

    shown = on_page.reports_of_page(db.session(), only_page())

    # What was at 900 of 1,400 is in proportion at 1,221 of 1,900.
    assert [report.exact for report in shown.placed] == ["wich", "untill", "lenght", "harbuor"]
    assert shown.unplaced == []


def test_report_whose_place_was_not_written_is_joined_by_its_quote(app: Flask, send: Send) -> None:
    """As those are that were stored before places were."""
    send("recieve", "receive")
    with write_transaction() as session:
        session.execute(update(Report).values(place=None))

    assert send("to recieve", "to receive")["readers"] == 2
