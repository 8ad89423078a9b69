"""Who is owed what, when: from a reader's report to the rows of the outbox. Time is time-machine's,
which every clock of the process follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import EDITOR, ORIGIN, Submit

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Announcement, Delivery, Membership, Report, Site, User
from server.notify import routing
from server.notify.deliver import deliver_due
from server.notify.mutes import mute
from server.notify.routing import route_due
from server.notify.rules import NewRule, add_author, add_rule
from server.notify.subscriptions import Choices, add_recipient, choose, stop
from server.reports.resolution import resolve
from server.sites import add_member, add_user
from server.text.matching import Conditions

Deliveries = Callable[[], list[Delivery]]
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 6, 1, 12, 0, tzinfo=BERLIN)
DESK = "desk@news.example"
OTHER_PAGE = f"{ORIGIN}/other"


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
            choose(session, site.id, user, Choices(zone="Europe/Berlin", **choices))  # type: ignore[arg-type]  # as a form gives them

    return choose_now


def recipients(deliveries: Deliveries) -> list[str]:
    return sorted(each.recipient for each in deliveries())


def examined(score: int, **more: object) -> None:
    """As if the machine had looked at all reports."""
    with write_transaction() as session:
        session.execute(update(Report).values(score=score, evaluated_at=datetime.now(UTC), **more))


class TestWhoHears:
    def test_owners_and_editors_by_default_and_viewers_not(
        self, site: Site, submit: Submit, deliveries: Deliveries
    ) -> None:
        with write_transaction() as session:
            for role in ("owner", "viewer"):
                user = add_user(session, f"{role}@news.example", "a long password")
                add_member(session, user, session.get_one(Site, site.id), role)

        submit()

        assert recipients(deliveries) == [EDITOR, "owner@news.example"]

    def test_viewer_who_wants_to(self, site: Site, submit: Submit, deliveries: Deliveries) -> None:
        with write_transaction() as session:
            user = add_user(session, "viewer@news.example", "a long password")
            add_member(session, user, session.get_one(Site, site.id), "viewer")
            choose(session, site.id, user, Choices(mode="at_once"))

        submit()

        assert recipients(deliveries) == [EDITOR, "viewer@news.example"]

    def test_address_without_account(
        self, site: Site, submit: Submit, deliveries: Deliveries
    ) -> None:
        with write_transaction() as session:
            add_recipient(session, site.id, "Desk@News.example", Choices())

        submit()

        assert recipients(deliveries) == [DESK, EDITOR]

    @pytest.mark.parametrize("mode", ["never", "hourly", "daily", "weekly"])
    def test_not_at_once_who_chose_otherwise(
        self, chosen: Callable[..., None], submit: Submit, deliveries: Deliveries, mode: str
    ) -> None:
        chosen(mode=mode)

        submit()

        assert deliveries() == []

    def test_nobody_who_unsubscribed(
        self, site: Site, submit: Submit, deliveries: Deliveries
    ) -> None:
        with write_transaction() as session:
            add_recipient(session, site.id, DESK, Choices())
            for address in (EDITOR.upper(), DESK):
                stop(session, site.id, address)

        submit()

        assert deliveries() == []

    def test_nobody_whose_account_is_switched_off(
        self, editor: User, submit: Submit, deliveries: Deliveries
    ) -> None:
        with write_transaction() as session:
            session.get_one(User, editor.id).active = False

        submit()

        assert deliveries() == []

    def test_nobody_who_muted_the_page(
        self, submit: Submit, deliveries: Deliveries, report_of_page: Report
    ) -> None:
        with write_transaction() as session:
            mute(session, report_of_page.page_id, EDITOR)

        submit(selector__exact="muted")
        submit(selector__exact="heard", page__url=OTHER_PAGE)

        assert [each.report.exact for each in deliveries() if each.report] == ["recieve", "heard"]

    @pytest.fixture
    def report_of_page(self, submit: Submit) -> Report:
        submit()
        return db.session.scalars(select(Report)).one()

    def test_nobody_of_a_report_that_was_closed_meanwhile(
        self, post: Submit, deliveries: Deliveries
    ) -> None:
        post()
        with write_transaction() as session:
            report = session.scalars(select(Report)).one()
            resolve(session, report, "fixed", version=1, actor=None, source="dashboard")

        route_due()

        assert deliveries() == []


class TestRules:
    def test_report_goes_where_the_section_says(
        self, site: Site, submit: Submit, deliveries: Deliveries
    ) -> None:
        with write_transaction() as session:
            rule = NewRule(conditions=Conditions(section="sport"), recipients=[DESK])
            add_rule(session, site.id, rule)

        submit(page__section="Sport", selector__exact="one")
        submit(page__section="Politics", page__url=OTHER_PAGE, selector__exact="two")

        found = [(each.report.exact, each.recipient) for each in deliveries() if each.report]
        assert found == [("one", DESK), ("two", EDITOR)]

    def test_author_first_else_the_desk(
        self, site: Site, submit: Submit, deliveries: Deliveries
    ) -> None:
        with write_transaction() as session:
            rule = NewRule(conditions=Conditions(), recipients=[DESK], author_first=True)
            add_rule(session, site.id, rule)
            add_author(session, site.id, "Anna Berg", "anna@news.example")

        submit(page__author="anna  berg", selector__exact="one")
        submit(page__author="Tom Wu", page__url=OTHER_PAGE, selector__exact="two")

        assert recipients(deliveries) == ["anna@news.example", DESK]

    def test_member_of_a_rule_who_left_the_site_hears_nothing(
        self, site: Site, submit: Submit, deliveries: Deliveries
    ) -> None:
        with write_transaction() as session:
            user = add_user(session, "left@news.example", "a long password")
            add_member(session, user, session.get_one(Site, site.id), "editor")
            rule = NewRule(conditions=Conditions(), recipients=["left@news.example"])
            add_rule(session, site.id, rule)
            membership = session.scalars(
                select(Membership).where(Membership.user_id == user.id)
            ).one()
            session.delete(membership)

        submit()

        assert recipients(deliveries) == [EDITOR]

    def test_evidence_is_waited_for_and_then_done_without(
        self,
        site: Site,
        post: Submit,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        with write_transaction() as session:
            rule = NewRule(conditions=Conditions(evidence="a word twice"), recipients=[DESK])
            add_rule(session, site.id, rule)
        post(selector__exact="first")

        route_due()
        assert deliveries() == []
        examined(
            80, evidence=[{"kind": "repeated", "label": "a word twice", "words": "", "weight": 1}]
        )
        traveller.shift(routing.EVIDENCE_LOOK)
        route_due()
        assert recipients(deliveries) == [DESK]

        post(selector__exact="second")
        traveller.shift(routing.EVIDENCE_WAIT)
        route_due()
        assert recipients(deliveries) == [DESK, EDITOR]


class TestThresholds:
    def test_report_is_told_when_enough_readers_saw_it_and_once(
        self, chosen: Callable[..., None], submit: Submit, deliveries: Deliveries
    ) -> None:
        chosen(min_readers=3)

        for expected in (0, 0, 1, 1):
            submit()
            assert len(deliveries()) == expected

    def test_without_a_threshold_more_readers_are_no_news(
        self, submit: Submit, deliveries: Deliveries
    ) -> None:
        submit()
        submit()

        assert len(deliveries()) == 1

    def test_reopened_report_is_told_again(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(min_readers=2)
        submit()
        submit()
        with write_transaction() as session:
            report = session.scalars(select(Report)).one()
            resolve(session, report, "fixed", version=1, actor=None, source="dashboard")
        # Until then a reader may have seen what a cache kept.
        traveller.shift(timedelta(days=2))

        submit()

        assert len(deliveries()) == 2

    @pytest.mark.parametrize(("score", "told"), [(59, 0), (60, 1)])
    def test_report_is_told_above_the_score(
        self,
        chosen: Callable[..., None],
        post: Submit,
        deliveries: Deliveries,
        score: int,
        told: int,
    ) -> None:
        chosen(min_score=60)
        post()
        examined(score)

        route_due()

        assert len(deliveries()) == told

    def test_score_that_stays_unknown_passes(
        self,
        chosen: Callable[..., None],
        post: Submit,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(min_score=60)
        post()
        route_due()
        assert deliveries() == []

        traveller.shift(routing.EVIDENCE_WAIT)
        route_due()

        assert len(deliveries()) == 1


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


class TestOnceAndNeverLost:
    def test_router_that_dies_on_the_way_has_done_nothing(
        self, post: Submit, deliveries: Deliveries, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post()

        def die(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(routing, "tell", die)
            with pytest.raises(KeyboardInterrupt):
                route_due()
        assert deliveries() == []
        route_due()

        assert len(deliveries()) == 1

    def test_announcement_that_cannot_be_routed_lets_its_neighbours_pass(
        self,
        post: Submit,
        deliveries: Deliveries,
        monkeypatch: pytest.MonkeyPatch,
        traveller: time_machine.Traveller,
    ) -> None:
        post(selector__exact="poison")
        post(selector__exact="good", page__url=OTHER_PAGE)
        tell = routing.tell

        def stumble(session: object, subscriber: object, report: Report, *rest: object) -> None:
            if report.exact == "poison":
                raise ValueError("poison")
            tell(session, subscriber, report, *rest)  # type: ignore[arg-type]  # as given

        with monkeypatch.context() as patch:
            patch.setattr(routing, "tell", stumble)
            route_due()
        assert [each.report.exact for each in deliveries() if each.report] == ["good"]

        traveller.shift(routing.RETRY)
        route_due()

        assert len(deliveries()) == 2

    def test_same_event_is_never_owed_twice(self, submit: Submit, deliveries: Deliveries) -> None:
        submit()
        with write_transaction() as session:
            session.execute(update(Announcement).values(routed_at=None))

        route_due()

        assert len(deliveries()) == 1
