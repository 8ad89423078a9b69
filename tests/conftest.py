"""What the tests share: an application with a database of its own, a site, an editor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from commands import Command
from flask import Flask
from flask.testing import FlaskClient
from oidc_provider import OidcProvider
from own_context import OwnContextClient
from postgresql_server import MISSING, empty, find_initdb, postgresql_cluster
from quick_app import make_app
from smtp_server import MailServer
from sqlalchemy import select
from submissions import EDITOR, ORIGIN, PASSWORD, Submit, body_for
from werkzeug.test import TestResponse

from server import cli, schema
from server.config import Settings
from server.database import write_transaction
from server.extensions import db, limiter
from server.models import Site, User
from server.notify.routing import route_due
from server.sites import add_member, add_site, add_user

DATABASES = ["sqlite", "postgresql"]

# A change is judged by the same examples as the one before; new ones are looked for on purpose.
# How long one takes, or takes to be made, says something about the machine alone.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "search", derandomize=False, max_examples=int(os.environ.get("EXAMPLES", "2000")), deadline=None
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real, empty PostgreSQL, one for all tests."""
    initdb = find_initdb()
    if initdb is None:
        pytest.skip(MISSING)
    with postgresql_cluster(initdb) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """The same for one test, which may leave in it what it likes."""
    yield postgresql
    empty(postgresql)


def _each_database(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    url: str = request.getfixturevalue("postgresql")
    yield url
    empty(url)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """For a test that is to run on SQLite and on PostgreSQL: empty for the one, the address of an
    empty database for the other. Its ``settings`` name it, so that
    ``pytestmark = pytest.mark.usefixtures("database_url")`` is all a file needs."""
    yield from _each_database(request)


@pytest.fixture(scope="module", params=DATABASES)
def module_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The same, for all tests of a module one after the other."""
    yield from _each_database(request)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server; one for each test."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    """A provider of OpenID Connect, at which the editor is logged in."""
    provider = OidcProvider()
    provider.claims = {"email": EDITOR, "email_verified": True}
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    on_both = "database_url" in request.fixturenames
    return Settings(
        database_url=request.getfixturevalue("database_url") if on_both else "",
        mode="development",
        secret_key="a secret key for the tests alone, long enough",
        data_dir=tmp_path / "var",
        public_url="http://localhost:8000",
        mail_from="Copydesk <copydesk@news.example>",
        login_limit="1000/minute",
        login_account_limit="1000/minute",
        # Each report a mail of its own, except where a test is about that.
        burst_minutes=0,
        mails_per_hour=0,
        webhook_calls_per_minute=0,
        flood_reports=0,
        intake_network_limit="10000/minute",
        intake_site_limit="10000/minute",
        spam_pages="10000/minute",
        spam_places="10000/minute",
        spam_page_places="10000/day",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = make_app(settings)
    app.test_client_class = OwnContextClient
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
        if settings.limit_storage_url == "memory://":
            limiter.reset()


@pytest.fixture
def site(app: Flask) -> Site:
    """A site with one editor and the origin ``https://news.example``."""
    with write_transaction() as session:
        site = add_site(session, "The News", [ORIGIN])
        add_member(session, add_user(session, EDITOR, PASSWORD), site, "editor")
    return db.session.scalars(select(Site)).one()


@pytest.fixture
def editor(site: Site) -> User:
    return db.session.scalars(select(User).where(User.email == EDITOR)).one()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def editor_client(app: Flask, editor: User) -> FlaskClient:
    """A browser in which the editor is logged in; forms need no CSRF token here."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/login", data={"email": EDITOR, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return client


@pytest.fixture
def submit(post: Submit) -> Submit:
    """POST a submission as the widget does, and let the worker route it: deliveries are owed."""

    def submit(origin: str | None = ORIGIN, **changes: Any) -> TestResponse:
        answer = post(origin, **changes)
        route_due()
        return answer

    return submit


@pytest.fixture
def post(client: FlaskClient, site: Site) -> Submit:
    """POST a submission as the widget does; keywords change fields, see :func:`body_for`."""

    def post(origin: str | None = ORIGIN, **changes: Any) -> TestResponse:
        return client.post(
            "/api/v1/submissions",
            data=json.dumps(body_for(site, **changes)),
            content_type="text/plain;charset=UTF-8",
            headers={"Origin": origin} if origin else {},
        )

    return post


@pytest.fixture
def copydesk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run ``copydesk`` with some arguments. The database has its tables from the models, without a
    revision."""
    monkeypatch.setattr(schema, "current_revision", schema.newest_revision)
    return lambda *arguments: app.test_cli_runner().invoke(cli.main, arguments, obj=None)
