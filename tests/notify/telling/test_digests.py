"""The queue by mail: what it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import EDITOR, ORIGIN, Submit
from telling import (
    BERLIN,
    DAY,
    HOUR,
    close,
    texts,
    work,
)

from server.database import write_transaction
from server.models import Membership, Report, Site
from server.notify import digests
from server.notify.desk import add_recipient
from server.notify.mutes import mute
from server.notify.rules import NewRule, add_rule
from server.notify.subscriptions import Choices
from server.text.matching import Conditions


@pytest.mark.usefixtures("daily")
class TestDaily:
    def test_comes_at_its_hour_with_what_came_and_what_was_fixed(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        for exact in ("first", "second", "third"):
            submit(selector__exact=exact, suggestion="better")
        submit(selector__exact="elsewhere", page__url=f"{ORIGIN}/2", page__title="The station")
        close("third")
        work()
        traveller.move_to(datetime(2026, 6, 2, 7, 59, tzinfo=BERLIN))
        work()
        assert mail_server.messages == []

        traveller.move_to(datetime(2026, 6, 2, 8, 0, tzinfo=BERLIN))
        work()
        work()

        (message,) = mail_server.messages
        (text,) = texts(mail_server)
        assert message["Subject"] == "[The News] 3 new spelling reports"
        assert "3 reports are open, on 2 pages." in text
        assert text.index("== The harbour") < text.index("[[first]]")
        assert "== The station" in text
        assert "1 fixed since the last digest" in text
        assert "[-third-]{+better+} (The harbour)" in text
        assert "[[third]]" not in text

    def test_most_certain_comes_first(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        for number, score in enumerate((10, 90, 50)):
            exact = f"score {score}"
            submit(selector__exact=exact, page__url=f"{ORIGIN}/{number}")
            with write_transaction() as session:
                session.execute(update(Report).where(Report.exact == exact).values(score=score))
        traveller.shift(DAY)

        work()

        (text,) = texts(mail_server)
        places = [text.index(f"score {score}") for score in (90, 50, 10)]
        assert places == sorted(places)

    def test_empty_one_is_not_sent(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        submit()
        traveller.shift(DAY)
        work()
        traveller.shift(DAY)
        work()

        assert len(mail_server.messages) == 1

    def test_older_reports_stay_in_the_queue_it_shows(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        submit(selector__exact="older")
        traveller.shift(DAY)
        work()
        submit(selector__exact="newer")
        traveller.shift(DAY)
        work()

        text = texts(mail_server)[-1]
        assert "1 new spelling report\n" in text
        assert "2 reports are open" in text
        assert text.index("newer") < text.index("older")

    def test_hundreds_of_reports_are_one_mail_with_the_first_and_a_number(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        for number in range(digests.SHOWN + 7):
            submit(selector__exact=f"mistake {number}")
        traveller.shift(DAY)

        work()

        (text,) = texts(mail_server)
        assert text.count("[[mistake") == digests.SHOWN
        assert "and 7 more" in text
        assert "http://localhost:8000/?site=" in text

    def test_missed_ones_come_as_one_at_the_next_start(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        submit(selector__exact="while it ran")
        traveller.shift(5 * DAY)
        submit(selector__exact="while it was down")
        traveller.shift(HOUR)

        for _ in range(3):
            work()

        assert len(mail_server.messages) == 1
        traveller.shift(DAY)
        work()
        assert len(mail_server.messages) == 1

    def test_clock_that_goes_back_sends_nothing_twice(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        submit()
        traveller.move_to(datetime(2026, 6, 2, 8, 0, tzinfo=BERLIN))
        work()
        traveller.move_to(datetime(2026, 6, 2, 6, 0, tzinfo=BERLIN))
        work()
        traveller.move_to(datetime(2026, 6, 2, 8, 0, tzinfo=BERLIN))
        work()

        assert len(mail_server.messages) == 1

    def test_change_to_another_zone_gives_no_second_one_on_the_day(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        submit(selector__exact="one")
        traveller.move_to(datetime(2026, 6, 2, 8, 0, tzinfo=BERLIN))
        work()
        submit(selector__exact="two")
        chosen(mode="daily", hour=8, zone="America/New_York")

        traveller.move_to(datetime(2026, 6, 2, 8, 0, tzinfo=ZoneInfo("America/New_York")))
        work()
        assert len(mail_server.messages) == 1

        traveller.move_to(datetime(2026, 6, 3, 8, 0, tzinfo=ZoneInfo("America/New_York")))
        work()
        assert len(mail_server.messages) == 2

    def test_who_changes_to_at_once_gets_what_the_last_one_did_not_have(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        submit(selector__exact="before")
        traveller.shift(HOUR)

        chosen(mode="at_once")
        work()
        work()
        submit(selector__exact="after")
        work()

        assert len(mail_server.messages) == 2
        assert "[[before]]" in texts(mail_server)[0]
        assert "[[after]]" in texts(mail_server)[1]

    def test_who_changes_to_never_gets_nothing(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        submit()
        chosen(mode="never")
        traveller.shift(7 * DAY)

        work()

        assert mail_server.messages == []

    def test_who_left_the_site_gets_nothing(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        submit()
        with write_transaction() as session:
            session.delete(session.scalars(select(Membership)).one())
        traveller.shift(DAY)

        work()

        assert mail_server.messages == []

    def test_muted_page_is_not_in_it(
        self, submit: Submit, mail_server: MailServer, traveller: time_machine.Traveller
    ) -> None:
        submit(selector__exact="muted")
        submit(selector__exact="heard", page__url=f"{ORIGIN}/2")
        with write_transaction() as session:
            report = session.scalars(select(Report).where(Report.exact == "muted")).one()
            mute(session, report.page_id, EDITOR)
        traveller.shift(DAY)

        work()

        (text,) = texts(mail_server)
        assert "heard" in text
        assert "muted" not in text

    def test_what_rules_send_to_others_is_not_in_it(
        self,
        site: Site,
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        with write_transaction() as session:
            add_recipient(session, site.id, "desk@news.example", Choices(mode="hourly"))
            rule = NewRule(conditions=Conditions(section="sport"), recipients=["desk@news.example"])
            add_rule(session, site.id, rule)
        submit(selector__exact="sporty", page__section="Sport")
        submit(selector__exact="other", page__url=f"{ORIGIN}/2")
        traveller.shift(DAY)

        work()

        by_recipient = dict(zip(mail_server.recipients, texts(mail_server), strict=True))
        assert "sporty" in by_recipient["desk@news.example"]
        assert "sporty" not in by_recipient[EDITOR]
        assert "other" in by_recipient[EDITOR]
