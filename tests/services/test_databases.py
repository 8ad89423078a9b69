"""The same behaviour on SQLite and on PostgreSQL, and with many writers at once."""

from __future__ import annotations

import re
import uuid

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import IntegrityError
from submissions import body_for, send_at_once

from server.database import write_transaction
from server.extensions import db
from server.models import (
    Base,
    Delivery,
    Event,
    Page,
    Report,
    Site,
    Submission,
    User,
)
from server.notify.routing import route_due
from server.schema import MIGRATIONS_DIR, upgrade_schema

pytestmark = pytest.mark.usefixtures("database_url")
WRITERS = 12


@pytest.fixture
def app(migrated_app: Flask) -> Flask:
    return migrated_app


def counts() -> tuple[int, ...]:
    """Pages, reports, submissions, events, and deliveries once all is routed."""
    route_due()
    db.session.rollback()
    return tuple(
        db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Page, Report, Submission, Event, Delivery)
    )


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
        session.add(User(email="Editor@News.Example", password="hashed"))


def test_migrations_keep_what_stands_in_the_tables(app: Flask, site: Site) -> None:
    """On SQLite a table that is altered is dropped: what refers to its rows must not go with it."""
    send_at_once(app, [body_for(site), body_for(site)])
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


def test_readers_of_the_same_place_at_once_make_one_report(app: Flask, site: Site) -> None:
    answers = send_at_once(app, [body_for(site) for _ in range(WRITERS)])

    assert sorted(status for status, _ in answers) == [200] * (WRITERS - 1) + [201]
    assert sorted(answer["readers"] for _, answer in answers) == list(range(1, WRITERS + 1))
    assert counts() == (1, 1, WRITERS, WRITERS, 1)


def test_same_key_at_once_gives_one_submission_and_one_answer(app: Flask, site: Site) -> None:
    body = body_for(site, idempotency_key=uuid.uuid4().hex)

    answers = send_at_once(app, [body] * WRITERS)

    assert all(answer == answers[0] for answer in answers)
    assert counts() == (1, 1, 1, 1, 1)


def test_different_places_at_once_are_all_stored(app: Flask, site: Site) -> None:
    bodies = [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS * 2)]

    answers = send_at_once(app, bodies)

    assert {status for status, _ in answers} == {201}
    assert counts()[:3] == (1, WRITERS * 2, WRITERS * 2)
