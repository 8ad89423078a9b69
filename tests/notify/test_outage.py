"""A mail server that is down for a day. The day is simulated: time-machine moves every clock of
this process on, and the sweep of each five minutes runs as the worker's would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine
from smtp_server import MailServer
from sqlalchemy import select
from submissions import ORIGIN, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Report
from server.notify.deliver import deliver_due
from server.reports.resolution import resolve

Deliveries = Callable[[], list[Delivery]]
BEGIN = datetime(2026, 3, 28, 12, tzinfo=UTC)
SWEEP = timedelta(minutes=5)
DAY = timedelta(days=1)
REPORTS_EVERY = timedelta(hours=2)


def test_after_a_day_without_mail_server_all_arrives_once_and_in_order(
    submit: Submit,
    mail_server: MailServer,
    deliveries: Deliveries,
) -> None:
    mail_server.stop()
    with time_machine.travel(BEGIN, tick=True) as clock:
        for sweep in range(DAY // SWEEP):
            if sweep % (REPORTS_EVERY // SWEEP) == 0:
                submit(page__url=f"{ORIGIN}/{sweep}", selector__exact=f"mistake {sweep}")
            if sweep == 100:
                # Closed, and opened again by another correction: two messages about one report.
                report = db.session.scalars(select(Report).order_by(Report.id)).first()
                assert report is not None
                with write_transaction() as session:
                    resolve(session, report, "rejected", version=1, actor=None, source="command")
                submit(
                    page__url=f"{ORIGIN}/0",
                    selector__exact="mistake 0",
                    suggestion="quite another correction",
                )
            deliver_due()
            clock.shift(SWEEP)
        waiting = deliveries()
        assert {each.state for each in waiting} == {"queued"}
        assert len(waiting) == DAY // REPORTS_EVERY + 1

        mail_server.start()
        # What is new is tried first, and tells that the server is there again.
        submit(selector__exact="after the day")
        for _ in range(3):
            deliver_due()
            clock.shift(SWEEP)

    arrived = [str(message["Message-ID"]) for message in mail_server.messages]
    assert Counter(arrived) == Counter(each.message_id for each in deliveries())
    assert {(each.state, each.possible_duplicate) for each in deliveries()} == {("sent", False)}
    first_report = [each.message_id for each in deliveries() if each.report_id == 1]
    assert len(first_report) == 2
    assert arrived.index(first_report[0]) < arrived.index(first_report[1])


def test_without_anything_new_the_schedule_itself_delivers(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    mail_server.stop()
    with time_machine.travel(BEGIN, tick=True) as clock:
        submit()
        for _ in range(10):
            deliver_due()
            # To the moment when it is tried again, as the schedule says.
            clock.move_to(deliveries()[0].due_at + timedelta(seconds=1))
        mail_server.start()
        deliver_due()

    (delivery,) = deliveries()
    assert (delivery.state, delivery.attempts) == ("sent", 11)
    assert len(mail_server.messages) == 1
