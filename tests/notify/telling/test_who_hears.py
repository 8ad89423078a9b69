"""Who hears of a report, and from how many readers or how much evidence on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from submissions import EDITOR, Submit
from telling import (
    DESK,
    OTHER_PAGE,
    Deliveries,
    examined,
    recipients,
)

from server.database import write_transaction
from server.extensions import db
from server.models import Report, Site, User
from server.notify import routing
from server.notify.desk import add_recipient
from server.notify.mutes import mute
from server.notify.routing import route_due
from server.notify.subscriptions import Choices, choose, stop
from server.reports.resolution import resolve
from server.sites import add_member, add_user


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
