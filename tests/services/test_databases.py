"""The same behaviour on SQLite and on PostgreSQL, and with many writers at once."""

from __future__ import annotations

import json
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import func, inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from submissions import ORIGIN, body_for

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import (
    Announcement,
    Base,
    Delivery,
    Event,
    Page,
    ReaderContact,
    Report,
    Site,
    Submission,
    Subscription,
    User,
)
from server.notify.digests import digest_due
from server.notify.outbox import claim_due
from server.notify.routing import route_due
from server.notify.site_channels import add_channel
from server.notify.subscriptions import Choices, choose
from server.notify.thanks import GRACE, forget_thanked_readers, owe_thanks
from server.reports.resolution import resolve
from server.schema import MIGRATIONS_DIR, upgrade_schema
from server.sites import add_member, add_site, add_user

pytestmark = pytest.mark.usefixtures("database_url")

WRITERS = 12


@pytest.fixture
def app(migrated_app: Flask) -> Flask:
    return migrated_app


@pytest.fixture
def site(app: Flask) -> Site:
    with write_transaction() as session:
        site = add_site(session, "The News", [ORIGIN])
        add_member(session, add_user(session, "ann@news.example", "a long password"), site)
    return site


def counts() -> tuple[int, ...]:
    """Pages, reports, submissions, events, and deliveries once all is routed."""
    route_due()
    db.session.rollback()
    return tuple(
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Page, Report, Submission, Event, Delivery)
    )


def at_once(app: Flask, bodies: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """POST all bodies from threads at the same time."""

    def post(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = app.test_client().post(
            "/api/v1/submissions",
            data=json.dumps(body),
            content_type="text/plain",
            headers={"Origin": ORIGIN},
        )
        return answer.status_code, answer.get_json(force=True)

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(post, bodies))


def test_migrations_make_the_tables_of_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = [
            each
            for each in compare_metadata(context, Base.metadata)
            # SQLite cannot tell an index on an expression; PostgreSQL does, below. The index of
            # the search is no part of the models on either.
            if not re.search(
                "ix_account_email_lower|report_words_index|ix_report_words|report_words_terms|ix_page_path",
                str(each),
            )
        ]

    assert differences == []


def test_migrations_can_be_taken_back(app: Flask) -> None:
    downgrade(directory=str(MIGRATIONS_DIR), revision="base")

    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade_schema()


def test_addresses_of_accounts_differ_by_more_than_capitals(app: Flask, site: Site) -> None:
    with pytest.raises(IntegrityError), write_transaction() as session:
        session.add(User(email="Ann@News.Example", password="hashed"))


def test_migrations_keep_what_stands_in_the_tables(app: Flask, site: Site) -> None:
    """On SQLite a table that is altered is dropped: what refers to its rows must not go with it."""
    at_once(app, [body_for(site), body_for(site)])
    before = counts()
    assert before == (1, 1, 2, 2, 1)

    # Nothing may still be reading.
    db.session.rollback()
    downgrade(directory=str(MIGRATIONS_DIR), revision="0001")
    upgrade_schema()

    assert counts() == before
    delivery = db.session.scalars(select(Delivery)).one()
    assert [(each.report_id, each.event_id) for each in delivery.reports] == [
        (delivery.report_id, delivery.event_id)
    ]
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_workers_route_each_announcement_once(app: Flask, site: Site) -> None:
    at_once(app, [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS * 2)])

    def route(_: int) -> int:
        with app.app_context():
            return route_due()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(route, range(4)))

    assert db.session.scalar(select(func.count()).select_from(Delivery)) == WRITERS * 2
    assert (
        db.session.scalars(select(Announcement).where(Announcement.routed_at.is_(None))).all() == []
    )


def test_burst_that_several_workers_route_is_two_mails(app: Flask, site: Site) -> None:
    app.extensions["copydesk_settings"] = replace(
        app.extensions["copydesk_settings"], burst_minutes=15
    )
    at_once(app, [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS * 2)])

    def route(_: int) -> int:
        with app.app_context():
            return route_due()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(route, range(4)))

    db.session.rollback()
    found = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert [len(each.reports) for each in found] == [1, WRITERS * 2 - 1]


def test_flood_that_several_workers_route_is_gathered_for_a_chat_and_queued_for_a_webhook(
    app: Flask, site: Site
) -> None:
    app.extensions["copydesk_settings"] = replace(
        app.extensions["copydesk_settings"], flood_reports=4, webhook_calls_per_minute=5
    )
    addresses = {
        "webhook": "https://hooks.example/",
        "apprise": "mmosts://chat.example/" + "a" * 32,
    }
    with write_transaction() as session:
        for kind, address in addresses.items():
            add_channel(session, site, kind, name=kind, address=address)
    at_once(app, [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS)])

    def route(_: int) -> int:
        with app.app_context():
            return route_due()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(route, range(4)))

    db.session.rollback()
    owed = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
    chat = [len(each.reports) for each in owed if each.channel == "apprise"]
    calls = [each for each in owed if each.channel == "webhook"]
    assert chat == [1, WRITERS - 1]
    assert len({each.report_id for each in calls}) == WRITERS
    due = sorted(each.due_at for each in calls)
    for sixth, first in zip(due[5:], due, strict=False):
        assert sixth >= first + timedelta(minutes=1)
    with write_transaction() as session:
        claimed = claim_due(
            session,
            timedelta(minutes=1),
            channel="webhook",
            limit=WRITERS,
            passing_by=[calls[0].recipient],
        )
    assert len(claimed) >= 5, "nobody else is owed any"


def test_digest_that_several_workers_see_due_is_owed_once(app: Flask, site: Site) -> None:
    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        choose(session, site.id, user, Choices(mode="hourly"))
    at_once(app, [body_for(site)])
    route_due()
    with write_transaction() as session:
        long_ago = now() - timedelta(hours=2)
        session.execute(update(Report).values(last_submitted_at=long_ago))
        session.execute(update(Subscription).values(next_digest_at=long_ago, digest_until=long_ago))

    def make(_: int) -> int:
        with app.app_context():
            return digest_due()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))

    db.session.rollback()
    assert [each.kind for each in db.session.scalars(select(Delivery))] == ["digest"]


def test_readers_of_the_same_place_at_once_make_one_report(app: Flask, site: Site) -> None:
    answers = at_once(app, [body_for(site) for _ in range(WRITERS)])

    assert sorted(status for status, _ in answers) == [200] * (WRITERS - 1) + [201]
    assert sorted(answer["readers"] for _, answer in answers) == list(range(1, WRITERS + 1))
    assert counts() == (1, 1, WRITERS, WRITERS, 1)


def test_same_key_at_once_gives_one_submission_and_one_answer(app: Flask, site: Site) -> None:
    body = body_for(site, idempotency_key=uuid.uuid4().hex)

    answers = at_once(app, [body] * WRITERS)

    assert all(answer == answers[0] for answer in answers)
    assert counts() == (1, 1, 1, 1, 1)


def test_different_places_at_once_are_all_stored(app: Flask, site: Site) -> None:
    bodies = [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS * 2)]

    answers = at_once(app, bodies)

    assert {status for status, _ in answers} == {201}
    assert counts()[:3] == (1, WRITERS * 2, WRITERS * 2)


def test_two_workers_never_claim_the_same_delivery(app: Flask, site: Site) -> None:
    at_once(app, [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS)])
    route_due()

    def claim(_: int) -> int:
        with app.app_context(), write_transaction() as session:
            return next(iter(claim_due(session, timedelta(minutes=1))), 0)

    with ThreadPoolExecutor(WRITERS) as pool:
        claimed = list(pool.map(claim, range(WRITERS)))

    assert len(set(claimed)) == WRITERS
    assert 0 not in claimed


def test_a_reader_is_thanked_once_by_any_number_of_workers(app: Flask, site: Site) -> None:
    reader = "reader@elsewhere.example"
    at_once(app, [body_for(site, selector__exact=f"mistke {n}", email=reader) for n in range(6)])
    with write_transaction() as session:
        for report in session.scalars(select(Report)).all():
            resolve(session, report, "fixed", version=1, actor=None, source="api")
        session.execute(update(Report).values(resolved_at=now() - GRACE * 2))

    def thank(_: int) -> int:
        with app.app_context():
            return owe_thanks()

    with ThreadPoolExecutor(4) as pool:
        owed = sum(pool.map(thank, range(4)))

    assert owed == 1
    thanks = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).all()
    assert [each.recipient for each in thanks] == [reader]
    assert db.session.scalars(select(ReaderContact)).all() == []
    with write_transaction() as session:
        session.execute(update(Delivery).values(state="sent"))
    forget_thanked_readers()
    db.session.expire_all()
    assert db.session.scalars(
        select(Delivery.recipient).where(Delivery.kind == "thanks")
    ).all() == [""]
