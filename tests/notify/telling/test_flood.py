"""A flood from many networks: one mail that says so, none for each report, and an end by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from smtp_server import MailServer
from submissions import ORIGIN, Submit, close_long_ago
from telling import BERLIN, HOUR, Deliveries, close, texts, work

from server.config import Settings
from server.models import Site
from server.notify.deliver import deliver_due

MOST = 5


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, flood_reports=MOST, burst_minutes=15, mails_per_hour=20)


def flood(submit: Submit, begin: int, count: int) -> None:
    """Reports on pages of their own: no burst of one page, no known place."""
    for number in range(begin, begin + count):
        submit(page__url=f"{ORIGIN}/{number}", selector__exact=f"mistake {number}")
        deliver_due()


def test_flood_is_one_mail_that_says_so_and_one_an_hour(
    submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
) -> None:
    flood(submit, 0, 30)

    subjects = [str(each["Subject"]) for each in mail_server.messages]
    assert len(subjects) == MOST + 1
    assert subjects[-1] == "[The News] Unusually many spelling reports"
    said = " ".join(texts(mail_server)[-1].split())
    assert "More than 5 reports came within 15 minutes." in said

    traveller.shift(HOUR)
    deliver_due()

    assert len(mail_server.messages) == MOST + 2
    assert mail_server.messages[-1]["Subject"] == "[The News] 24 spelling reports"
    assert "an hour with unusually many reports" in texts(mail_server)[-1]


def test_flood_that_goes_on_is_one_mail_an_hour(
    submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
) -> None:
    for minute in range(0, 180, 2):
        flood(submit, minute, 1)
        traveller.shift(timedelta(minutes=2))

    assert len(mail_server.messages) <= MOST + 1 + 3


def test_flood_ends_by_itself(
    submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
) -> None:
    flood(submit, 0, 10)
    traveller.shift(timedelta(minutes=16))
    before = len(mail_server.messages)

    flood(submit, 100, 1)

    assert len(mail_server.messages) == before + 1
    assert "mistake 100" in texts(mail_server)[-1]
    traveller.shift(HOUR)
    deliver_due()
    assert mail_server.messages[-1]["Subject"] == "[The News] 4 spelling reports"


def test_report_that_comes_again_while_it_waits_is_told_once(
    submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
) -> None:
    flood(submit, 0, 8)
    traveller.shift(timedelta(minutes=16))
    close("mistake 7")
    close_long_ago()
    flood(submit, 7, 1)
    traveller.shift(HOUR)
    deliver_due()
    traveller.shift(HOUR)
    deliver_due()

    assert sum("mistake 7" in text for text in texts(mail_server)) == 1
    assert len(mail_server.messages) == MOST + 2


def test_new_flood_is_told_anew(
    submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
) -> None:
    flood(submit, 0, 10)
    traveller.shift(3 * HOUR)
    deliver_due()
    flood(submit, 100, 10)

    alarms = [each for each in mail_server.messages if "Unusually" in each["Subject"]]
    assert len(alarms) == 2


def test_flood_within_quiet_hours_wakes_nobody(
    submit: Submit,
    chosen: object,
    mail_server: MailServer,
    traveller: time_machine.Traveller,
) -> None:
    chosen(quiet_from=22 * 60, quiet_until=7 * 60)
    traveller.move_to(datetime(2026, 6, 1, 23, 0, tzinfo=BERLIN))
    flood(submit, 0, 10)
    assert mail_server.messages == []

    traveller.move_to(datetime(2026, 6, 2, 7, 0, tzinfo=BERLIN))
    deliver_due()

    assert [each["Subject"] for each in mail_server.messages] == ["[The News] 10 spelling reports"]


def test_spam_makes_no_flood(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries, site: Site
) -> None:
    for number in range(20):
        submit(
            page__url=f"{ORIGIN}/{number}",
            selector__exact=f"word {number}",
            website="https://x.test",
        )
    submit()
    work()

    assert ["Unusually" in each["Subject"] for each in mail_server.messages] == [False]
