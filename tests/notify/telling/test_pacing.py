"""What does not come at once comes together: quiet hours, bursts, an hour's budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from smtp_server import MailServer
from sqlalchemy import update
from submissions import EDITOR, ORIGIN, Submit
from telling import (
    BERLIN,
    DESK,
    OTHER_PAGE,
    Deliveries,
    recipients,
)

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.models import Delivery, Site
from server.notify.deliver import deliver_due
from server.notify.desk import add_recipient
from server.notify.subscriptions import Choices


class TestQuietHours:
    def test_what_comes_within_them_comes_as_one_mail_at_their_end(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        deliveries: Deliveries,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(quiet_from=22 * 60, quiet_until=7 * 60)
        traveller.move_to(datetime(2026, 6, 1, 23, 0, tzinfo=BERLIN))
        submit(selector__exact="before midnight")
        traveller.move_to(datetime(2026, 6, 2, 3, 0, tzinfo=BERLIN))
        submit(selector__exact="after midnight")
        submit(selector__exact="elsewhere", page__url=OTHER_PAGE)
        deliver_due()
        assert mail_server.messages == []

        traveller.move_to(datetime(2026, 6, 2, 7, 0, tzinfo=BERLIN))
        deliver_due()

        (message,) = mail_server.messages
        text = message.get_body(("plain",)).get_content()
        assert "3 spelling reports" in message["Subject"]
        assert all(words in text for words in ("before midnight", "after midnight", "elsewhere"))

    def test_one_report_within_them_is_the_mail_about_it(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(quiet_from=12 * 60, quiet_until=13 * 60)
        submit()
        traveller.shift(timedelta(hours=1))

        deliver_due()

        (message,) = mail_server.messages
        assert "Spelling report" in message["Subject"]


class TestBurst:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, burst_minutes=15)

    def test_first_comes_at_once_and_the_others_as_one(
        self,
        submit: Submit,
        mail_server: MailServer,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        for number in range(5):
            submit(selector__exact=f"mistake {number}")
            traveller.shift(timedelta(minutes=1))
        submit(selector__exact="elsewhere", page__url=OTHER_PAGE)
        assert [each.kind for each in deliveries()] == ["report", "collected", "report"]
        deliver_due()
        assert len(mail_server.messages) == 2

        traveller.shift(timedelta(minutes=10))
        deliver_due()

        assert len(mail_server.messages) == 3
        assert "4 spelling reports" in mail_server.messages[-1]["Subject"]

    def test_burst_that_goes_on_is_one_mail_in_each_window(
        self,
        submit: Submit,
        mail_server: MailServer,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        for number in range(60):
            submit(selector__exact=f"mistake {number}")
            deliver_due()
            traveller.shift(timedelta(minutes=1))

        assert len(mail_server.messages) == 4
        assert sum(len(each.reports) for each in deliveries()) == 60

    def test_claimed_mail_takes_nothing_more(self, submit: Submit, deliveries: Deliveries) -> None:
        submit(selector__exact="first")
        submit(selector__exact="second")
        with write_transaction() as session:
            session.execute(
                update(Delivery).where(Delivery.collects.is_not(None)).values(lease_token="other")
            )

        submit(selector__exact="third")

        assert [len(each.reports) for each in deliveries()] == [1, 1, 1]

    def test_mail_that_may_have_arrived_takes_nothing_more(
        self,
        submit: Submit,
        mail_server: MailServer,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        submit(selector__exact="first")
        deliver_due()
        submit(selector__exact="second")
        traveller.shift(timedelta(minutes=15))
        # As a mail's connection ends after its text and before the answer.
        mail_server.refuse_data = ["drop"]
        deliver_due()
        assert [each.state for each in deliveries()] == ["sent", "queued"]

        submit(selector__exact="third")

        assert [len(each.reports) for each in deliveries()] == [1, 1, 1]
        traveller.shift(timedelta(hours=1))
        deliver_due()
        bodies = [each.get_body(("plain",)).get_content() for each in mail_server.messages]
        assert ["second" in body for body in bodies] == [False, True, False]
        assert ["third" in body for body in bodies] == [False, False, True]

    def test_burst_waits_no_longer_than_its_window_for_a_mail_that_is_tried_again_much_later(
        self,
        submit: Submit,
        mail_server: MailServer,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        submit(selector__exact="first")
        with write_transaction() as session:
            in_hours = clock.now() + timedelta(hours=8)
            session.execute(update(Delivery).values(attempts=7, due_at=in_hours))
        submit(selector__exact="second")
        traveller.shift(timedelta(minutes=15))

        deliver_due()

        (message,) = mail_server.messages
        assert "second" in message.get_body(("plain",)).get_content()


class TestBudget:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, mails_per_hour=5)

    def test_what_is_beyond_the_hours_budget_comes_as_one_mail(
        self,
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        for number in range(30):
            submit(page__url=f"{ORIGIN}/{number}", selector__exact=f"mistake {number}")
            deliver_due()
            traveller.shift(timedelta(minutes=1))
        assert len(mail_server.messages) == 5

        traveller.shift(timedelta(minutes=30))
        deliver_due()

        assert len(mail_server.messages) == 6
        text = mail_server.messages[-1].get_body(("plain",)).get_content()
        assert "25 spelling reports" in mail_server.messages[-1]["Subject"]
        assert "and 5 more" in text

    def test_budgets_of_two_recipients_are_their_own(
        self, site: Site, submit: Submit, deliveries: Deliveries
    ) -> None:
        with write_transaction() as session:
            add_recipient(session, site.id, DESK, Choices())

        for number in range(6):
            submit(page__url=f"{ORIGIN}/{number}", selector__exact=f"mistake {number}")

        assert recipients(deliveries) == [DESK] * 6 + [EDITOR] * 6
