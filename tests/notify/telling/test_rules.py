"""Reports go to the right people, once, and an announcement is never lost."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select, update
from submissions import EDITOR, ORIGIN, Submit
from telling import (
    DESK,
    HOUR,
    OTHER_PAGE,
    Deliveries,
    examined,
    recipients,
)

from server.database import write_transaction
from server.models import Announcement, Membership, Report, Site
from server.notify import routing
from server.notify.authors import add_author
from server.notify.routing import route_due
from server.notify.rules import NewRule, add_rule
from server.sites import add_member, add_user
from server.text.matching import Conditions


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
            tell(session, subscriber, report, *rest)

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

    def test_what_was_routed_is_forgotten_after_a_while_and_what_waits_never(
        self, post: Submit, deliveries: Deliveries, traveller: time_machine.Traveller
    ) -> None:
        post(selector__exact="first")
        route_due()
        post(selector__exact="waits", page__url=OTHER_PAGE)

        traveller.shift(routing.KEPT - HOUR)
        assert routing.forget_routed() == 0
        traveller.shift(2 * HOUR)
        assert routing.forget_routed() == 1

        route_due()
        assert [each.report.exact for each in deliveries() if each.report] == ["first", "waits"]

    def test_all_that_is_old_is_forgotten_in_batches(
        self, submit: Submit, traveller: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(routing, "FORGOTTEN_AT_ONCE", 2)
        for number in range(5):
            submit(selector__exact=f"mistake {number}", page__url=f"{ORIGIN}/{number}")
        traveller.shift(routing.KEPT + HOUR)

        assert routing.forget_routed() == 5
