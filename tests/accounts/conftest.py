"""Accounts whose mail goes to a real mail server."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from smtp_server import MailServer
from sqlalchemy import select
from submissions import EDITOR

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Membership, Site, User
from server.notify.deliver import deliver_due

LinkIn = Callable[[], str]


@pytest.fixture
def settings(settings: Settings, mail_server: MailServer) -> Settings:
    return replace(settings, smtp_host="127.0.0.1", smtp_port=mail_server.port)


@pytest.fixture
def owner_client(editor_client: FlaskClient) -> FlaskClient:
    """The site's one member is an owner, and logged in; forms need no CSRF token here."""
    with write_transaction() as session:
        session.scalars(
            select(Membership).join(User).where(User.email == EDITOR)
        ).one().role = "owner"
    return editor_client


@pytest.fixture
def people(owner_client: FlaskClient, site: Site) -> str:
    """The address of the page."""
    return f"/sites/{site.key}/people"


@pytest.fixture
def link_in_last_mail(app: Flask, mail_server: MailServer) -> LinkIn:
    """Deliver what is owed; the path of the one link in the newest mail."""

    def find() -> str:
        deliver_due()
        db.session.rollback()
        body = mail_server.messages[-1].get_body(("plain",))
        assert body is not None
        found = re.findall(r"https?://[^/\s]+(/\S+)", str(body.get_content()))
        assert len(found) == 1, found
        return str(found[0])

    return find
