"""Who has a report in hand."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from submissions import PASSWORD, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Report, Site, User
from server.reports.assignment import assign, release, who_can_take
from server.reports.change import IllegalChange, StaleReport
from server.reports.history import latest_events, since_version, was_decided_since
from server.reports.resolution import resolve
from server.sites import add_member, add_user


@pytest.fixture
def report(submit: Submit) -> Report:
    submit()
    return db.session.scalars(select(Report)).one()


def member(site: Site, email: str, role: str = "editor") -> User:
    with write_transaction() as session:
        user = add_user(session, email, PASSWORD)
        add_member(session, user, session.get_one(Site, site.id), role)
    return user


def give(report: Report, assignee: User | None, actor: User, version: int | None = None) -> None:
    with write_transaction() as session:
        assign(
            session,
            report,
            assignee,
            version=report.version if version is None else version,
            actor=actor,
            source="dashboard",
        )


def test_assigned_report_names_who_has_it_and_who_gave_it(
    report: Report, site: Site, editor: User
) -> None:
    ann = member(site, "ann@news.example")

    give(report, ann, editor)

    assert report.assignee == ann
    assert report.version == 2
    event = latest_events(db.session(), report)[0]
    assert (event.kind, event.actor, event.assignee) == ("assigned", editor, ann)


def test_assigned_report_can_be_put_back(report: Report, editor: User) -> None:
    give(report, editor, editor)
    give(report, None, editor)

    assert report.assignee is None
    kinds = [event.kind for event in latest_events(db.session(), report)]
    assert kinds == ["unassigned", "assigned", "opened"]


def test_of_two_who_take_a_report_the_first_has_it(
    report: Report, site: Site, editor: User
) -> None:
    ann = member(site, "ann@news.example")
    give(report, ann, ann, version=1)

    with pytest.raises(StaleReport):
        give(report, editor, editor, version=1)

    assert report.assignee == ann
    assert [event.actor for event in since_version(db.session(), report, 1)] == [ann]


def test_who_has_it_already_cannot_get_it_again(report: Report, editor: User) -> None:
    give(report, editor, editor)

    with pytest.raises(IllegalChange, match="already"):
        give(report, editor, editor)


def test_only_members_who_may_act_get_reports(report: Report, site: Site, editor: User) -> None:
    viewer = member(site, "viewer@news.example", "viewer")
    owner = member(site, "owner@news.example", "owner")
    with write_transaction() as session:
        stranger = add_user(session, "stranger@news.example", PASSWORD)

    for nobody in (viewer, stranger):
        with pytest.raises(IllegalChange, match="may not act"):
            give(report, nobody, editor)
    assert who_can_take(db.session(), site.id) == [editor, owner]
    assert report.assignee_id is None


def test_closed_account_gets_no_reports(site: Site, editor: User) -> None:
    ann = member(site, "ann@news.example")
    with write_transaction() as session:
        session.get_one(User, ann.id).active = False

    assert who_can_take(db.session(), site.id) == [editor]


def test_who_leaves_a_site_leaves_its_reports(report: Report, site: Site, editor: User) -> None:
    give(report, editor, editor)

    with write_transaction() as session:
        assert release(session, editor.id, site.id + 1, actor=None, source="command") == 0
        assert release(session, editor.id, site.id, actor=None, source="command") == 1

    assert report.assignee_id is None
    assert report.version == 3
    assert latest_events(db.session(), report)[0].kind == "unassigned"


def test_taking_a_report_in_hand_decides_nothing(report: Report, editor: User) -> None:
    give(report, editor, editor)
    assert not was_decided_since(db.session(), report, 1)

    with write_transaction() as session:
        resolve(session, report, "fixed", version=2, actor=editor, source="dashboard")

    assert was_decided_since(db.session(), report, 1)
    assert was_decided_since(db.session(), report, 2)
    assert not was_decided_since(db.session(), report, 3)
