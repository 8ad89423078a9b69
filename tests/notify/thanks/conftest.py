"""Reports are closed, so that readers are thanked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from smtp_server import MailServer
from sqlalchemy import select, update
from thanking import Close

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.models import Report
from server.notify.deliver import deliver_due
from server.notify.thanks import GRACE
from server.reports.resolution import resolve


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(
        settings,
        public_url="https://copydesk.example",
        trusted_hosts=("localhost", "copydesk.example"),
    )


@pytest.fixture
def close(mail_server: MailServer) -> Close:
    """Send what editors are owed, then close all open reports as some time ago."""

    def close(resolution: str = "fixed", ago: timedelta = GRACE * 2) -> None:
        deliver_due()
        mail_server.messages.clear()
        mail_server.raw.clear()
        with write_transaction() as session:
            for report in session.scalars(select(Report).where(Report.status == "open")).all():
                version = report.version
                resolve(session, report, resolution, version=version, actor=None, source="api")
            session.execute(update(Report).values(resolved_at=clock.now() - ago))

    return close
