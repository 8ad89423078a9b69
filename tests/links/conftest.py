"""A mail with its links, sent through a real mail server, and who follows them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from mail_links import Press, links_of, press_with
from smtp_server import MailServer
from sqlalchemy import select
from submissions import Submit

from server.config import Settings
from server.extensions import db
from server.models import Report
from server.notify.deliver import deliver_due


@pytest.fixture
def settings(settings: Settings, mail_server: MailServer) -> Settings:
    return replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        public_url="https://copydesk.example",
        trusted_hosts=("localhost", "copydesk.example"),
    )


@pytest.fixture
def report(submit: Submit) -> Report:
    """An open report."""
    submit(comment="In the second paragraph")
    return db.session.scalars(select(Report)).one()


@pytest.fixture
def links(report: Report, mail_server: MailServer) -> dict[str, str]:
    """The path of each signed link in the report's mail, by its purpose."""
    deliver_due()
    return links_of(mail_server)


@pytest.fixture
def press(client: FlaskClient) -> Press:
    return press_with(client)
