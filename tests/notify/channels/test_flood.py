"""Many reports at once: a chat gets a few messages with all of them, a program each in its turn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from http_receiver import Receiver
from sqlalchemy import select, update
from submissions import ORIGIN, Submit
from telling import HOUR, MONDAY_NOON, close

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Channel, Delivery, Report
from server.notify.deliver import deliver_due
from server.notify.routing import route_due

MOST = 5
MINUTE = timedelta(minutes=1)
EVERYTHING = ("opened", "reopened", "fixed", "rejected", "spam")
Do = Callable[[], None]
Owed = Callable[[], list[Delivery]]


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_NOON, tick=False) as traveller:
        yield traveller


def report(submit: Submit, numbers: range, send: Callable[[], object]) -> None:
    """Reports on pages of their own: no burst of one page, no known place."""
    for number in numbers:
        submit(page__url=f"{ORIGIN}/{number}", selector__exact=f"mistake {number}")
        send()


def said(receiver: Receiver) -> list[str]:
    return [json.loads(each.body)["text"].replace("\\", "") for each in receiver.requests]


def told_of(receiver: Receiver) -> list[str]:
    """The words of the reports that webhooks were told of, in that order."""
    return [json.loads(each.body)["data"]["report"]["exact"] for each in receiver.requests]


class TestChat:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, flood_reports=MOST, burst_minutes=15, mails_per_hour=20)

    @pytest.fixture(autouse=True)
    def chat(self, adding: Callable[..., Channel], receiver: Receiver) -> Channel:
        address = f"mmost://127.0.0.1:{receiver.port}/3ccdd113474722377935511fc85d3dd4"
        return adding(address, kind="apprise", events=EVERYTHING)

    def test_flood_is_one_message_that_says_so_and_one_an_hour(
        self,
        submit: Submit,
        send: Do,
        receiver: Receiver,
        owed: Owed,
        traveller: time_machine.Traveller,
    ) -> None:
        report(submit, range(30), send)

        assert len(said(receiver)) == MOST + 1
        first, why, mistake, queue = said(receiver)[-1].splitlines()
        assert first == "The News: Unusually many spelling reports"
        assert why.startswith("More than 5 reports came within 15 minutes.")
        assert mistake.startswith(
            "• mistake 5 → receive (The harbour) http://localhost:8000/reports/"
        )
        assert queue.startswith("Queue: http://localhost:8000/?site=ck_")

        traveller.shift(HOUR)
        send()

        assert len(said(receiver)) == MOST + 2
        lines = said(receiver)[-1].splitlines()
        assert lines[0] == "The News: 24 spelling reports"
        assert "and 19 more" in lines
        told = [each.report_id for delivery in owed() for each in delivery.reports]
        assert sorted(told) == sorted(db.session.scalars(select(Report.id)))

    def test_flood_that_goes_on_is_one_message_an_hour(
        self, submit: Submit, send: Do, receiver: Receiver, traveller: time_machine.Traveller
    ) -> None:
        for minute in range(0, 100, 2):
            report(submit, range(minute, minute + 1), send)
            traveller.shift(2 * MINUTE)

        assert len(said(receiver)) <= MOST + 1 + 2

    def test_further_reports_on_one_page_come_as_one(
        self, submit: Submit, send: Do, receiver: Receiver, traveller: time_machine.Traveller
    ) -> None:
        for number in range(4):
            submit(selector__exact=f"mistake {number}")
            send()
        assert len(said(receiver)) == 1

        traveller.shift(15 * MINUTE)
        send()

        together = said(receiver)[-1].splitlines()
        assert together[:2] == [
            "The News: 3 spelling reports",
            "They came shortly after each other on one page.",
        ]
        assert [line.split(" →")[0] for line in together[2:-1]] == [
            "• mistake 3", "• mistake 2", "• mistake 1",
        ]  # fmt: skip
        assert len(said(receiver)) == 2

    def test_what_an_editor_did_is_told_at_once(
        self, submit: Submit, send: Do, receiver: Receiver
    ) -> None:
        submit()
        send()
        close("recieve")
        send()

        assert [text.splitlines()[0] for text in said(receiver)] == [
            "The News: New spelling report (1 reader)",
            "The News: Fixed (1 reader)",
        ]

    def test_news_of_a_page_does_not_wait_for_what_an_editor_did_there(
        self, submit: Submit, send: Do, receiver: Receiver, traveller: time_machine.Traveller
    ) -> None:
        submit()
        send()
        traveller.shift(20 * MINUTE)
        close("recieve")
        submit(selector__exact="elsewhere on the page")
        send()

        assert "elsewhere on the page" in said(receiver)[-1]
        assert len(said(receiver)) == 3

    def test_what_was_closed_while_it_waited_is_told_once_with_its_end(
        self, submit: Submit, send: Do, receiver: Receiver, traveller: time_machine.Traveller
    ) -> None:
        for number in range(3):
            submit(selector__exact=f"mistake {number}")
            send()
        close("mistake 2", "spam")
        send()
        traveller.shift(15 * MINUTE)
        send()

        assert len(said(receiver)) == 2
        assert "• mistake 2 → receive (The harbour), spam" in said(receiver)[-1]

    def test_many_that_are_closed_at_once_are_one_message_beyond_the_hours_number(
        self, submit: Submit, send: Do, receiver: Receiver, traveller: time_machine.Traveller
    ) -> None:
        report(submit, range(25), lambda: None)
        send()
        traveller.shift(2 * HOUR)
        send()
        before = len(said(receiver))
        for number in range(25):
            close(f"mistake {number}", "spam")
        send()

        assert len(said(receiver)) == before + 20
        traveller.shift(HOUR)
        send()

        assert len(said(receiver)) == before + 21
        assert said(receiver)[-1].splitlines()[:2] == [
            "The News: 5 spelling reports",
            "They are more than one hour's number of messages.",
        ]

    def test_service_that_was_down_gets_what_was_gathered_once(
        self, submit: Submit, send: Do, receiver: Receiver, traveller: time_machine.Traveller
    ) -> None:
        report(submit, range(10), send)
        receiver.answers = [(503, {}, b"")]
        traveller.shift(HOUR)
        send()
        traveller.shift(MINUTE)
        send()
        send()

        gathered = [text for text in said(receiver) if "4 spelling reports" in text]
        assert len(gathered) == 2, "the attempt that was refused, and the one that was taken"

    def test_erased_reports_are_told_to_nobody(
        self, submit: Submit, send: Do, receiver: Receiver, traveller: time_machine.Traveller
    ) -> None:
        report(submit, range(10), send)
        with write_transaction() as session:
            for each in session.scalars(select(Report).where(Report.exact.in_(["mistake 9"]))):
                session.delete(each)
        traveller.shift(HOUR)
        send()

        assert "The News: 3 spelling reports" in said(receiver)[-1]
        assert "mistake 9" not in said(receiver)[-1]


class TestWebhook:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, flood_reports=MOST, burst_minutes=15, webhook_calls_per_minute=10)

    def test_each_event_is_told_once_and_in_order_so_many_in_a_minute(
        self,
        webhook: Channel,
        submit: Submit,
        send: Do,
        receiver: Receiver,
        traveller: time_machine.Traveller,
    ) -> None:
        report(submit, range(35), send)
        in_each_minute = [len(receiver.requests)]
        while len(receiver.requests) < 35:
            traveller.shift(MINUTE)
            send()
            in_each_minute.append(len(receiver.requests) - sum(in_each_minute))
        traveller.shift(HOUR)
        send()

        assert in_each_minute == [10, 10, 10, 5]
        assert told_of(receiver) == [f"mistake {number}" for number in range(35)]
        assert set(Counter(each.headers["webhook-id"] for each in receiver.requests).values()) == {
            1
        }

    def test_new_events_do_not_wait_for_calls_that_are_tried_again_much_later(
        self,
        webhook: Channel,
        submit: Submit,
        send: Do,
        receiver: Receiver,
        traveller: time_machine.Traveller,
    ) -> None:
        report(submit, range(10), route_due)
        with write_transaction() as session:
            in_hours = clock.now() + 8 * HOUR
            session.execute(update(Delivery).values(attempts=7, due_at=in_hours))
        report(submit, range(10, 22), route_due)
        traveller.shift(MINUTE)
        send()

        assert told_of(receiver) == [f"mistake {number}" for number in range(10, 20)]

    def test_number_of_calls_is_each_webhooks_own(
        self,
        webhook: Channel,
        adding: Callable[..., Channel],
        submit: Submit,
        send: Do,
        receiver: Receiver,
    ) -> None:
        adding(f"{receiver.url}/second", name="Second")
        report(submit, range(12), send)

        assert Counter(each.path for each in receiver.requests) == {"/hook?a=b": 10, "/second": 10}


def test_without_a_limit_no_call_waits(
    webhook: Channel, submit: Submit, send: Do, receiver: Receiver
) -> None:
    report(submit, range(12), lambda: None)
    send()
    send()

    assert told_of(receiver) == [f"mistake {number}" for number in range(12)]


def test_flood_for_one_webhook_lets_another_have_its_turn(
    webhook: Channel,
    adding: Callable[..., Channel],
    submit: Submit,
    receiver: Receiver,
    traveller: time_machine.Traveller,
) -> None:
    report(submit, range(40), route_due)
    adding(f"{receiver.url}/other", name="Other")
    traveller.shift(MINUTE)
    report(submit, range(40, 41), route_due)

    deliver_due()

    paths = [each.path for each in receiver.requests]
    assert len(paths) == 42
    assert paths.index("/other") < 20
    assert set(Counter(told_of(receiver)).values()) == {1, 2}
