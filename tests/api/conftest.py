"""A program with a token, and a report."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from programs import Ask
from sqlalchemy import select
from submissions import Submit
from werkzeug.test import TestResponse

from server import api_tokens
from server.database import write_transaction
from server.extensions import db
from server.models import SCOPES, Report, Site, User


@pytest.fixture
def token(editor: User, site: Site) -> str:
    """May do all; made without expiry."""
    with write_transaction() as session:
        return api_tokens.issue(session, editor, site, "Board", SCOPES, None)


@pytest.fixture
def ask(client: FlaskClient, token: str) -> Ask:
    def ask(method: str, path: str, shown: str = token, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {shown}"}
        return client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    return ask


@pytest.fixture
def report(submit: Submit) -> Report:
    submit()
    return db.session.scalars(select(Report)).one()
