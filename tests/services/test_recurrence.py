"""What opens again, on SQLite and on PostgreSQL, through the public endpoint."""

from __future__ import annotations

from datetime import timedelta

import pytest
from one_sentence import SENTENCE, Send, only_report
from sqlalchemy import select

from server.database import write_transaction
from server.extensions import db
from server.models import Announcement, Event, Report
from server.reports.recurrence import GRACE, READERS
from server.reports.resolution import resolve

pytestmark = pytest.mark.usefixtures("database_url")


def close(resolution: str, ago: timedelta = timedelta(minutes=5)) -> None:
    """As an editor would, some time ago."""
    report = only_report()
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


def test_fixed_report_is_counted_while_caches_may_show_it(send: Send) -> None:
    send("recieve", "receive")
    close("fixed", ago=GRACE - timedelta(hours=1))

    answer = send("to recieve", "to receive")

    report = only_report()
    assert answer == answer | {"status": "known", "readers": 2}
    assert (report.status, kinds(report)) == ("fixed", ["opened", "fixed", "joined"])
    assert announced(report) == ["opened"]


def test_fixed_report_opens_again_after_that(send: Send) -> None:
    send("recieve", "receive")
    close("fixed", ago=GRACE + timedelta(minutes=1))
    version = only_report().version

    answer = send("to recieve", "to receive")

    report = only_report()
    assert answer == answer | {"status": "known", "readers": 2}
    assert (report.status, report.resolved_at) == ("open", None)
    assert report.version == version + 1
    assert kinds(report) == ["opened", "fixed", "reopened"]
    assert announced(report) == ["opened", "reopened"]


def test_rejected_report_is_counted_and_opens_for_several_readers(send: Send) -> None:
    send("recieve", "receive")
    close("rejected", ago=timedelta(days=90))

    for _ in range(READERS):
        send("recieve", "receive", reader="10.9.9.9")
    assert only_report().status == "rejected"
    for number in range(1, READERS):
        send("to recieve", reader=f"10.9.8.{number}")

    report = only_report()
    assert report.status == "open"
    assert kinds(report) == [
        "opened",
        "rejected",
        *["joined"] * (2 * READERS - 2),
        "reopened",
    ]


def test_rejected_report_opens_for_another_suggestion_and_shows_it(send: Send) -> None:
    send("recieve", "receive")
    close("rejected")
    send("recieve", "receive")

    send("to recieve letters", "to get letters")

    report = only_report()
    assert kinds(report) == ["opened", "rejected", "joined", "reopened"]
    assert (report.exact, report.suggestion) == ("to recieve letters", "to get letters")


def test_spam_is_counted_and_no_more(send: Send) -> None:
    send("recieve", "receive")
    close("spam", ago=timedelta(days=90))

    send("recieve", "get")
    send(SENTENCE)

    report = only_report()
    assert (report.status, report.readers, report.suggestion) == ("spam", 3, "receive")
    assert kinds(report) == ["opened", "spam", "joined", "joined"]
