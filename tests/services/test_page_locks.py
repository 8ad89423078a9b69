"""Of two transactions that want the same rows at once one waits: never each for the other.

Whoever works on several reports is made to meet the intake in the middle of what it locks, on
PostgreSQL; SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

import pytest
from flask import Flask
from flask_migrate import downgrade
from live_server import PATIENCE, wait_until
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session
from submissions import EDITOR, ORIGIN, PASSWORD, body_for

from server import create_app
from server.cli import main
from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.intake.recording import record
from server.intake.schema import new_submission
from server.models import Delivery, Event, Report, ReportWords, Site, Submission, Subscription, User
from server.notify.digests import digest_due
from server.reports import bulk, erasure
from server.reports.assignment import assign, release
from server.reports.correction import correct
from server.reports.evidence import evaluate, mark_all_pending
from server.reports.resolution import resolve
from server.reports.site_erasure import begin_erasing, erase_leaving_sites
from server.reports.submission import NewSubmission
from server.schema import MIGRATIONS_DIR, upgrade_schema
from server.sites import add_member, add_site, add_user

WORDS = ("recieve", "harbuor", "lenght", "untill", "acheive", "definately")
READER = "reader@example.org"
Work = Callable[[], object]


@pytest.fixture(scope="module")
def app(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(
        mode="development",
        secret_key="long enough for tests",
        data_dir=tmp_path_factory.mktemp("page_locks"),
        database_url=postgresql,
    )
    app = create_app(settings)
    with app.app_context():
        upgrade_schema()
        yield app
        db.session.remove()
        downgrade(directory=str(MIGRATIONS_DIR), revision="base")
        db.engine.dispose()


@pytest.fixture(autouse=True)
def site(app: Flask) -> Iterator[None]:
    """A site with one editor; nothing else is there."""
    with write_transaction() as session:
        site = add_site(session, "The News", [ORIGIN])
        add_member(session, add_user(session, EDITOR, PASSWORD), site, "editor")
    yield
    db.session.remove()
    with write_transaction() as session:
        session.execute(text("TRUNCATE site, account RESTART IDENTITY CASCADE"))


@pytest.fixture
def told(app: Flask) -> list[NewSubmission]:
    """Of three reports of one page the middle one by hash, the last and the first: the intake looks
    for them by hash, whatever else works on them by id. They are stored last, first, middle."""
    site_id = db.session.scalars(select(Site.id)).one()
    by_hash = sorted((_submission(site_id, word) for word in WORDS), key=attrgetter("place_hash"))
    first, middle, last = by_hash[:3]
    for each in (last, first, middle):
        with write_transaction() as session:
            record(session, [each])
    return [replace(each, idempotency_key=f"{each.exact}-by-another") for each in by_hash[:3]]


def _submission(site_id: int, word: str) -> NewSubmission:
    selector = {"exact": word, "prefix": f"what {word} is ", "suffix": f" as {word} says"}
    body = body_for(
        Site(key="any"),
        selector=selector,
        passage={"before": f"{word}: ", "after": f" of {word}."},
        suggestion=f"{word}s",
        comment=f"Write to {READER}",
        idempotency_key=f"{word}-by-one-reader",
    )
    return new_submission(body, site_id, f"{ORIGIN}/harbour")


def ids() -> list[int]:
    found = list(db.session.scalars(select(Report.id).order_by(Report.id)))
    db.session.rollback()
    return found


def submission_ids() -> list[int]:
    found = list(db.session.scalars(select(Submission.id)))
    db.session.rollback()
    return found


@contextmanager
def two_threads(app: Flask) -> Iterator[Callable[[Work], Future[object]]]:
    def within(work: Work) -> object:
        with app.app_context():
            return work()

    with ThreadPoolExecutor(2) as pool:
        yield lambda work: pool.submit(within, work)


def wait_until_waiting(*transactions: Future[object]) -> None:
    """Until each of these waits for a lock."""
    waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")

    def are_waiting() -> bool:
        for each in transactions:
            assert not each.done(), each.result()
        with db.engine.connect() as another:
            return another.scalar(waiting) == len(transactions)

    wait_until(are_waiting, 20, f"{len(transactions)} transactions wait")


def meet_the_intake(app: Flask, told: list[NewSubmission], work: Work) -> None:
    """While the intake has the first of its reports and waits for the middle one, ``work`` begins
    with the last of them."""

    def intake() -> object:
        with write_transaction() as session:
            return record(session, told)

    *_, middle = ids()
    with two_threads(app) as start:
        with write_transaction() as session:
            session.execute(select(Report.id).where(Report.id == middle).with_for_update())
            readers = start(intake)
            wait_until_waiting(readers)
            editors = start(work)
            wait_until_waiting(readers, editors)
        # Where each waited for the other, PostgreSQL would break one of them.
        readers.result(PATIENCE)
        editors.result(PATIENCE)


def in_transaction(work: Callable[[Session, User], object]) -> Work:
    def begun() -> object:
        with write_transaction() as session:
            return work(session, session.scalars(select(User)).one())

    return begun


def test_few_reports_are_closed_at_once(app: Flask, told: list[NewSubmission]) -> None:
    last, first, _ = ids()

    @in_transaction
    def close(session: Session, user: User) -> None:
        bulk.finish(session, bulk.begin(session, user, "fixed", [(last, 1), (first, 1)]))

    meet_the_intake(app, told, close)

    assert statuses() == ["fixed", "fixed", "open"]


def test_a_worker_closes_many(app: Flask, told: list[NewSubmission]) -> None:
    last, first, _ = ids()
    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        bulk.begin(session, user, "fixed", [(last, 1), (first, 1)])

    meet_the_intake(app, told, bulk.work_on_bulk_actions)

    assert statuses() == ["fixed", "fixed", "open"]


def test_an_editor_leaves_who_had_them_in_hand(app: Flask, told: list[NewSubmission]) -> None:
    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        for report_id in ids()[:2]:
            report = session.get_one(Report, report_id)
            assign(session, report, user, version=1, actor=user, source="dashboard")

    meet_the_intake(
        app,
        told,
        in_transaction(
            lambda session, user: release(session, user.id, actor=None, source="command")
        ),
    )

    assert set(db.session.scalars(select(Report.assignee_id))) == {None}


def test_all_are_to_be_examined_again(app: Flask, told: list[NewSubmission]) -> None:
    meet_the_intake(app, told, in_transaction(lambda session, _: mark_all_pending(session)))

    assert set(db.session.scalars(select(Report.evaluated_at))) == {None}


def test_a_reader_is_erased(app: Flask, told: list[NewSubmission]) -> None:
    sent = submission_ids()

    meet_the_intake(
        app, told, in_transaction(lambda session, _: erasure.erase(session, sent, READER))
    )

    assert len(submission_ids()) == len(told)


def test_what_outlived_its_time_is_erased(app: Flask, told: list[NewSubmission]) -> None:
    with write_transaction() as session:
        session.execute(
            update(Report).values(status="rejected", resolved_at=now() - timedelta(days=4_000))
        )
        session.execute(update(Submission).values(received_at=now() - timedelta(days=4_000)))
        session.execute(delete(ReportWords))

    meet_the_intake(app, told, erasure.erase_expired)

    assert len(submission_ids()) == len(told)


def test_a_digest_names_them(app: Flask, told: list[NewSubmission]) -> None:
    last, first, _ = ids()
    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        # It tells of what is certain first.
        for report_id, score in ((last, 90), (first, 80)):
            came = now() - timedelta(hours=1)
            values = {"score": score, "last_submitted_at": came}
            session.execute(update(Report).where(Report.id == report_id).values(values))
        session.add(
            Subscription(
                user_id=user.id,
                site_id=session.scalars(select(Site.id)).one(),
                mode="daily",
                next_digest_at=now() - timedelta(minutes=1),
                digest_until=now() - timedelta(days=1),
            )
        )

    meet_the_intake(app, told, digest_due)

    assert db.session.scalars(select(Delivery.kind)).all() == ["digest"]


def test_a_site_is_erased(app: Flask, told: list[NewSubmission]) -> None:
    with write_transaction() as session:
        begin_erasing(session, session.scalars(select(Site)).one())

    meet_the_intake(app, told, erase_leaving_sites)


def test_a_report_is_corrected_while_it_is_examined(app: Flask, told: list[NewSubmission]) -> None:
    report_id, *_ = ids()
    evaluate(db.session(), db.session.get_one(Report, report_id))

    with two_threads(app) as start:
        with write_transaction() as session:
            user = session.scalars(select(User)).one()
            session.execute(select(Report.id).where(Report.id == report_id).with_for_update())
            examined = start(lambda: evaluate(db.session(), db.session.get_one(Report, report_id)))
            wait_until_waiting(examined)
            report = session.get_one(Report, report_id)
            correct(session, report, "other", version=1, actor=user, source="dashboard")
        examined.result(PATIENCE)


def test_an_account_is_closed_in_the_middle_of_what_it_does(
    app: Flask, told: list[NewSubmission]
) -> None:
    report_id, *_ = ids()
    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        report = session.get_one(Report, report_id)
        assign(session, report, user, version=1, actor=user, source="dashboard")

    def close() -> None:
        ended = app.test_cli_runner().invoke(main, ["users", "close", EDITOR], obj=None)
        assert ended.exit_code == 0, ended.output

    with two_threads(app) as start:
        with write_transaction() as session:
            user = session.scalars(select(User)).one()
            session.execute(select(Report.id).where(Report.id == report_id).with_for_update())
            closed = start(close)
            wait_until_waiting(closed)
            report = session.get_one(Report, report_id)
            resolve(session, report, "fixed", version=2, actor=user, source="dashboard")
        closed.result(PATIENCE)

    assert history(report_id) == ["opened", "assigned", "fixed", "unassigned"]


def test_a_history_has_the_order_in_which_it_happened(app: Flask) -> None:
    """Also where the intake knew that it would write of a report before an editor had it."""
    site_id = db.session.scalars(select(Site.id)).one()
    with write_transaction() as session:
        record(session, [_selected(site_id, "recieve")])
    (report_id,) = ids()

    def intake() -> object:
        with write_transaction() as session:
            return record(session, [_selected(site_id, "to recieve letters")])

    with two_threads(app) as start:
        with write_transaction() as session:
            report = session.get_one(Report, report_id, with_for_update=True)
            readers = start(intake)
            wait_until_waiting(readers)
            resolve(session, report, "fixed", version=1, actor=None, source="dashboard")
        readers.result(PATIENCE)

    assert history(report_id) == ["opened", "fixed", "joined"]


def _selected(site_id: int, exact: str) -> NewSubmission:
    before, after = "The council has begun to recieve letters from people.".split(exact)
    body = body_for(
        Site(key="any"),
        selector={"exact": exact, "prefix": before, "suffix": after},
        passage={"before": before, "after": after},
        suggestion="",
    )
    return new_submission(body, site_id, f"{ORIGIN}/council")


def history(report_id: int) -> list[str]:
    kinds = select(Event.kind).where(Event.report_id == report_id).order_by(Event.id)
    return list(db.session.scalars(kinds))


def statuses() -> list[str]:
    return list(db.session.scalars(select(Report.status).order_by(Report.id)))
