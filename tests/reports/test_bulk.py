"""One action on many reports."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from submissions import PASSWORD, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import BulkAction, Event, Membership, Report, User
from server.reports import bulk
from server.reports.bulk import Progress, progress_of, work_on_bulk_actions
from server.reports.resolution import resolve
from server.sites import add_user

WORDS = ("accomodate", "begining", "concensus", "definately", "embarass")


@pytest.fixture
def reports(submit: Submit) -> Sequence[Report]:
    for number, exact in enumerate(WORDS):
        submit(selector__exact=exact, page__url=f"https://news.example/{number}")
    return db.session.scalars(select(Report).order_by(Report.id)).all()


def ask(user: User, reports: Sequence[Report], kind: str = "fixed") -> BulkAction:
    seen = [(report.id, report.version) for report in reports]
    with write_transaction() as session:
        return bulk.begin(session, session.get_one(User, user.id), kind, seen)


def take_back(action: BulkAction) -> BulkAction:
    with write_transaction() as session:
        return bulk.begin_undo(session, session.get_one(BulkAction, action.id))


def work(batches: int = 20) -> int:
    done = work_on_bulk_actions(batches)
    db.session.rollback()
    return done


def statuses(reports: Sequence[Report]) -> set[str]:
    return {report.status for report in reports}


def progress(action: BulkAction) -> Progress:
    return progress_of(db.session(), action)


@pytest.mark.parametrize("kind", ["fixed", "rejected", "spam"])
def test_each_report_is_changed_as_if_alone(
    reports: Sequence[Report], editor: User, kind: str
) -> None:
    action = ask(editor, reports, kind)
    assert progress(action) == Progress(0, 0, 5, undone=False)

    work()

    assert statuses(reports) == {kind}
    assert action.state == "done"
    assert progress(action) == Progress(5, 0, 0, undone=False)
    events = db.session.scalars(select(Event).where(Event.kind == kind)).all()
    assert {event.report_id for event in events} == {report.id for report in reports}
    assert {event.actor for event in events} == {editor}


def test_reports_are_taken_together(reports: Sequence[Report], editor: User) -> None:
    ask(editor, reports, "take")

    work()

    assert {report.assignee for report in reports} == {editor}


def test_what_changed_meanwhile_is_skipped_and_counted(
    reports: Sequence[Report], editor: User
) -> None:
    action = ask(editor, reports)
    with write_transaction() as session:
        ann = add_user(session, "ann@news.example", PASSWORD)
        first = session.get_one(Report, reports[0].id)
        resolve(session, first, "rejected", version=1, actor=ann, source="dashboard")

    work()

    assert [report.status for report in reports] == ["rejected", *["fixed"] * 4]
    assert progress(action) == Progress(4, 1, 0, undone=False)


def test_a_worker_goes_on_where_another_stopped(
    reports: Sequence[Report], editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 2)
    action = ask(editor, reports)

    assert work(1) == 1
    assert progress(action) == Progress(2, 0, 3, undone=False)

    work()
    assert progress(action) == Progress(5, 0, 0, undone=False)
    fixed = db.session.scalars(select(Event.report_id).where(Event.kind == "fixed")).all()
    assert len(fixed) == len(set(fixed)) == 5


def test_a_batch_that_breaks_off_leaves_nothing_half_done(
    reports: Sequence[Report], editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = ask(editor, reports)
    left = iter([True, True])

    def die(*arguments: object, **options: object) -> Event:
        if not next(left, False):
            raise KeyboardInterrupt
        return resolve(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(bulk, "resolve", die)
        with pytest.raises(KeyboardInterrupt):
            work()

    assert statuses(reports) == {"open"}
    assert progress(action) == Progress(0, 0, 5, undone=False)
    work()
    assert statuses(reports) == {"fixed"}


def test_cancelled_action_does_no_more(
    reports: Sequence[Report], editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 2)
    action = ask(editor, reports)
    work(1)

    with write_transaction() as session:
        bulk.cancel(session, session.get_one(BulkAction, action.id))
    assert work() == 0

    assert action.state == "cancelled"
    assert progress(action) == Progress(2, 0, 3, undone=False)


def test_undo_takes_back_what_nobody_touched_since(reports: Sequence[Report], editor: User) -> None:
    action = ask(editor, reports)
    work()
    with write_transaction() as session:
        first = session.get_one(Report, reports[0].id)
        user = session.get_one(User, editor.id)
        bulk.undo(session, first, version=2, actor=user, source="dashboard")
        resolve(session, first, "spam", version=3, actor=user, source="dashboard")

    undoing = take_back(action)
    work()

    assert [report.status for report in reports] == ["spam", *["open"] * 4]
    assert progress(undoing) == Progress(4, 1, 0, undone=False)
    assert progress(action).undone
    assert take_back(action) == undoing


def test_undo_of_what_still_runs_stops_it(
    reports: Sequence[Report], editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 2)
    action = ask(editor, reports)
    work(1)

    take_back(action)
    work()

    assert action.state == "cancelled"
    assert statuses(reports) == {"open"}


def test_who_lost_the_right_meanwhile_changes_nothing(
    reports: Sequence[Report], editor: User
) -> None:
    action = ask(editor, reports)
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "viewer"

    work()

    assert statuses(reports) == {"open"}
    assert progress(action) == Progress(0, 5, 0, undone=False)


def test_old_actions_are_forgotten(reports: Sequence[Report], editor: User) -> None:
    action = ask(editor, reports)
    work()
    bulk.forget_bulk_actions()
    assert db.session.scalars(select(BulkAction)).all() == [action]

    with write_transaction() as session:
        session.get_one(BulkAction, action.id).created_at -= 2 * bulk.KEPT
    bulk.forget_bulk_actions()

    assert db.session.scalars(select(BulkAction)).all() == []
    assert statuses(reports) == {"fixed"}
