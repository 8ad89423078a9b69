"""A digest comes once, whatever happens to who makes it."""

from __future__ import annotations

import subprocess
import sys

import pytest
import time_machine
from smtp_server import MailServer
from sqlalchemy import update
from submissions import EDITOR, Submit
from telling import (
    DAY,
    HOUR,
    MONDAY_NOON,
    Deliveries,
    work,
)

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Report, Site, Subscription
from server.notify import digests
from server.notify.desk import add_recipient
from server.notify.digests import contents_of, digest_due, take
from server.notify.subscriptions import Choices


@pytest.mark.usefixtures("daily")
class TestOnce:
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
