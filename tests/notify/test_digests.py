"""The queue by mail: what it holds, and that it comes once. Time is time-machine's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import EDITOR, ORIGIN, Submit

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Membership, Report, Site, Subscription, User
from server.notify import digests
from server.notify.deliver import deliver_due
from server.notify.digests import contents_of, digest_due, take
from server.notify.mutes import mute
from server.notify.routing import route_due
from server.notify.rules import NewRule, add_rule
from server.notify.subscriptions import Choices, add_recipient, choose
from server.reports.resolution import resolve
from server.text.matching import Conditions

Deliveries = Callable[[], list[Delivery]]
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 6, 1, 12, 0, tzinfo=BERLIN)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def chosen(site: Site, editor: User) -> Callable[..., None]:
    """Let the editor choose."""

    def choose_now(**choices: object) -> None:
        with write_transaction() as session:
            user = session.get_one(User, editor.id)
            values = {"zone": "Europe/Berlin", **choices}
            choose(session, site.id, user, Choices(**values))  # type: ignore[arg-type]  # as a form gives them

    return choose_now


@pytest.fixture
def daily(chosen: Callable[..., None]) -> None:
    chosen(mode="daily", hour=8)


def work() -> None:
    """What a worker does when the bell rings."""
    route_due()
    digest_due()
    deliver_due()


def texts(mail_server: MailServer) -> list[str]:
    bodies = [each.get_body(("plain",)).get_content() for each in mail_server.messages]
    return [body.replace("\r\n", "\n") for body in bodies]


def close(exact: str, resolution: str = "fixed") -> None:
    with write_transaction() as session:
        report = session.scalars(select(Report).where(Report.exact == exact)).one()
        resolve(session, report, resolution, version=report.version, actor=None, source="dashboard")


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

    def test_two_workers_that_both_saw_it_due_owe_one(
        self, submit: Submit, deliveries: Deliveries, traveller: time_machine.Traveller
    ) -> None:
        submit()
        traveller.shift(DAY)
        subscription = digests._next_subscription(db.session())
        assert subscription is not None
        due = digests._due(db.session(), subscription)
        contents = contents_of(db.session(), due)

        assert [take(due, contents), take(due, contents)] == [True, False]

        assert [each.kind for each in deliveries()] == ["digest"]

    def test_one_that_cannot_be_made_keeps_nobody_else_waiting(
        self,
        site: Site,
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        with write_transaction() as session:
            add_recipient(session, site.id, "desk@news.example", Choices(mode="daily", hour=8))
            session.execute(
                update(Subscription)
                .where(Subscription.address.is_(None))
                # As after an update of the list of zones that has dropped a name.
                .values(zone="Europe/Nowhere", next_digest_at=MONDAY_NOON)
            )
        submit()
        traveller.shift(DAY)

        work()
        assert mail_server.recipients == ["desk@news.example"]

        with write_transaction() as session:
            session.execute(update(Subscription).values(zone="Europe/Berlin"))
        traveller.shift(digests.RETRY)
        work()
        assert mail_server.recipients == ["desk@news.example", EDITOR]

    def test_worker_that_dies_between_claim_and_insert_has_done_nothing(
        self,
        settings: Settings,
        submit: Submit,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        submit()
        with write_transaction() as session:
            session.execute(update(Subscription).values(next_digest_at=MONDAY_NOON))
            # Before the process that is killed looks, whose time is not ours.
            session.execute(update(Report).values(last_submitted_at=MONDAY_NOON + HOUR))
        program = (
            "import os\n"
            "from server import create_app\n"
            "from server.notify import digests\n"
            "digests.owe = lambda *_, **__: os._exit(9)\n"
            "with create_app().app_context():\n"
            "    digests.digest_due()\n"
        )
        killed = subprocess.run(
            [sys.executable, "-c", program],
            env={
                "COPYDESK_MODE": "development",
                "COPYDESK_DATA_DIR": str(settings.data_dir),
            },
            check=False,
        )
        assert killed.returncode == 9
        assert deliveries() == []

        traveller.shift(DAY)
        digest_due()

        assert [each.kind for each in deliveries()] == ["digest"]


class TestOtherRhythms:
    def test_hourly(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(mode="hourly")
        for minute in range(0, 180, 20):
            traveller.move_to(MONDAY_NOON + timedelta(minutes=minute))
            submit(selector__exact=f"minute {minute}")
            work()

        assert len(mail_server.messages) == 2

    def test_weekly(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(mode="weekly", weekday=4, hour=17)
        for day in range(14):
            traveller.move_to(MONDAY_NOON + day * DAY)
            submit(selector__exact=f"day {day}")
            work()

        assert len(mail_server.messages) == 2

    @pytest.mark.parametrize(
        ("zone", "start"),
        [
            ("Europe/Berlin", "2026-03-27"),
            ("Europe/Berlin", "2026-10-23"),
            ("America/New_York", "2026-03-06"),
            ("America/New_York", "2026-10-30"),
            ("Australia/Lord_Howe", "2026-10-02"),
            ("Australia/Lord_Howe", "2026-04-03"),
            ("Asia/Kolkata", "2026-03-27"),
        ],
    )
    def test_one_a_day_through_the_night_in_which_clocks_change(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
        zone: str,
        start: str,
    ) -> None:
        midnight = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
        traveller.move_to(midnight)
        chosen(mode="daily", hour=2, zone=zone)
        for half_hour in range(4 * 48):
            traveller.move_to(midnight.timestamp() + half_hour * 1800)
            if half_hour % 12 == 0:
                submit(selector__exact=f"half hour {half_hour}")
            digest_due()

        days = [each.created_at.astimezone(ZoneInfo(zone)).date() for each in deliveries()]
        assert len(days) == len(set(days)) == 4

    def test_threshold_holds_for_digests(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(mode="daily", min_readers=2)
        submit(selector__exact="one reader")
        submit(selector__exact="two readers")
        submit(selector__exact="two readers")
        traveller.shift(DAY)

        work()

        (text,) = texts(mail_server)
        assert "two readers" in text
        assert "one reader" not in text


class TestWithBudget:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, burst_minutes=15, mails_per_hour=2)

    def test_digest_is_not_held_back(
        self,
        site: Site,
        chosen: Callable[..., None],
        submit: Submit,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(mode="hourly")
        for hour in range(4):
            traveller.move_to(MONDAY_NOON + hour * HOUR)
            submit(selector__exact=f"hour {hour}")
            digest_due()

        assert [each.kind for each in deliveries()] == ["digest"] * 3
