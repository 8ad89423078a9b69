"""Several workers at once do together what one would, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from at_once import at_once
from flask import Flask
from sqlalchemy import func, select, update
from submissions import body_for, send_at_once

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import (
    Announcement,
    Delivery,
    ReaderContact,
    Report,
    Site,
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

pytestmark = pytest.mark.usefixtures("database_url")

WORKERS = 4
WRITERS = 12


def by_several(app: Flask, work: Callable[[], int]) -> list[int]:
    """How much each of several workers did; the test's session reads it from then on."""

    def do() -> int:
        with app.app_context():
            return work()

    did = at_once([do] * WORKERS)
    db.session.rollback()
    return did


def test_workers_route_each_announcement_once(app: Flask, site: Site) -> None:
    send_at_once(app, [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS * 2)])

    by_several(app, route_due)

    assert db.session.scalar(select(func.count()).select_from(Delivery)) == WRITERS * 2
    assert (
        db.session.scalars(select(Announcement).where(Announcement.routed_at.is_(None))).all() == []
    )


def test_burst_that_several_workers_route_is_two_mails(app: Flask, site: Site) -> None:
    app.extensions["copydesk_settings"] = replace(
        app.extensions["copydesk_settings"], burst_minutes=15
    )
    send_at_once(app, [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS * 2)])

    by_several(app, route_due)

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
    send_at_once(app, [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS)])

    by_several(app, route_due)

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
    send_at_once(app, [body_for(site)])
    route_due()
    with write_transaction() as session:
        long_ago = now() - timedelta(hours=2)
        session.execute(update(Report).values(last_submitted_at=long_ago))
        session.execute(update(Subscription).values(next_digest_at=long_ago, digest_until=long_ago))

    by_several(app, digest_due)

    assert [each.kind for each in db.session.scalars(select(Delivery))] == ["digest"]


def test_two_workers_never_claim_the_same_delivery(app: Flask, site: Site) -> None:
    send_at_once(app, [body_for(site, selector__exact=f"mistake {n}") for n in range(WRITERS)])
    route_due()

    def claim() -> int:
        with app.app_context(), write_transaction() as session:
            return next(iter(claim_due(session, timedelta(minutes=1))), 0)

    claimed = at_once([claim] * WRITERS)

    assert len(set(claimed)) == WRITERS
    assert 0 not in claimed


def test_a_reader_is_thanked_once_by_any_number_of_workers(app: Flask, site: Site) -> None:
    reader = "reader@elsewhere.example"
    send_at_once(
        app, [body_for(site, selector__exact=f"mistke {n}", email=reader) for n in range(6)]
    )
    with write_transaction() as session:
        for report in session.scalars(select(Report)).all():
            resolve(session, report, "fixed", version=1, actor=None, source="api")
        session.execute(update(Report).values(resolved_at=now() - GRACE * 2))

    assert sum(by_several(app, owe_thanks)) == 1
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
