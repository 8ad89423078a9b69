"""An owner of one site, at every address, with everything that names a thing of another site: there
is nothing to be seen of it, and nothing of it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in
from sqlalchemy import select
from submissions import EDITOR, PASSWORD
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server import api_tokens
from server.database import write_transaction
from server.extensions import db
from server.models import Base, Delivery, Report, SavedView, Site, User
from server.models.block import BLOCK_KINDS
from server.notify.authors import add_author
from server.notify.desk import add_recipient
from server.notify.mutes import mute
from server.notify.rules import NewRule, add_rule
from server.notify.site_channels import add_channel
from server.notify.subscriptions import Choices
from server.people import invite
from server.reports import bulk
from server.reports.blocks import add_block
from server.sites import add_member, add_site, add_user
from server.text.matching import Conditions

STRANGER = "stranger@elsewhere.example"
# Words that stand on pages of the other site alone.
SECRETS = ("recieve", "The News", "Secret board", "desk@secret.example", "hook.secret.example")
# What has an account's own things, beside its sites'.
OF_ACCOUNTS = {"account", "login_session", "passkey"}

# The parts of addresses that name a row.
NAMING = {"site_key", "public_id", "reference", "view_id", "page_id"}

Row = tuple[Any, ...]


@pytest.fixture
def news(app: Flask, site: Site, editor: User, report: Report, delivery: Delivery) -> Site:
    """A site with one of everything."""
    settings = app.extensions["copydesk_settings"]
    with write_transaction() as session:
        here, owner = session.get_one(Site, site.id), session.get_one(User, editor.id)
        owner.memberships[0].role = "owner"
        add_recipient(session, here.id, "desk@secret.example", Choices())
        add_author(session, here.id, "Anna Berg", "anna@secret.example")
        sport = Conditions(section="Sport")
        add_rule(session, here.id, NewRule(conditions=sport, recipients=["desk@secret.example"]))
        address = "https://hook.secret.example/"
        add_channel(session, here, "webhook", name="Secret board", address=address)
        api_tokens.issue(session, owner, here, "Secret board", ["reports:read"], None)
        invite(session, settings, here, "guest@secret.example", "viewer", actor=owner)
        mute(session, report.page_id, EDITOR)
        bulk.begin(session, owner, "fixed", [(report.id, report.version)])
        session.add(SavedView(user_id=owner.id, name="Secret board", address="view=all"))
        add_block(session, here, BLOCK_KINDS[0], "192.0.2.0/24", "")
        add_user(session, "closed@secret.example", PASSWORD).active = False
    return here


@pytest.fixture
def elsewhere(app: Flask, news: Site) -> str:
    """The key of the stranger's own site."""
    with write_transaction() as session:
        other = add_site(session, "Elsewhere", ["https://elsewhere.example"])
        add_member(session, add_user(session, STRANGER, PASSWORD), other, "owner")
        return other.key


@pytest.fixture
def stranger(app: Flask, client: FlaskClient, elsewhere: str) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    assert log_in(client, STRANGER)
    return client


def stored() -> dict[tuple[str, Row], Row]:
    """Every row by its table and primary key."""
    db.session.rollback()
    return {
        (table.name, tuple(row[each.name] for each in table.primary_key)): tuple(row.values())
        for table in Base.metadata.sorted_tables
        for row in db.session.execute(select(table)).mappings()
    }


def names() -> dict[str, list[Any]]:
    """Whatever an address or a form can name a row by, by the kind of it."""
    db.session.rollback()
    found: dict[str, set[Any]] = {"uuid": set(), "int": {1, 2}, "text": {EDITOR}}
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            if "public_id" in row:
                found["uuid"].add(row["public_id"])
            if "reference" in row:
                found["text"].add(row["reference"])
    return {kind: sorted(values) for kind, values in found.items()}


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """The dashboard's addresses, each with a method."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("dashboard.") and rule.endpoint != "dashboard.static":
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, rule


def addresses(app: Flask, rule: Rule, key: str, known: dict[str, list[Any]]) -> list[str]:
    """The rule's addresses for a site and everything that its other parts can name."""

    def choices(name: str) -> Iterable[Any]:
        if name == "site_key":
            return [key]
        if name == "reference":
            return known["text"]
        converter = rule._converters[name]
        if hasattr(converter, "items"):
            return sorted(converter.items)
        kinds = {"UUIDConverter": "uuid", "IntegerConverter": "int"}
        kind = kinds.get(type(converter).__name__)
        return known[kind] if kind else ["days", "export.json"] if name == "name" else ["x"]

    arguments = sorted(rule.arguments)
    with app.test_request_context():
        return [
            app.url_for(rule.endpoint, _external=False, **dict(zip(arguments, each, strict=True)))
            for each in product(*map(choices, arguments))
        ]


def require_nothing_seen(answer: TestResponse, what: object) -> None:
    assert answer.status_code < 500, what
    assert not [each for each in SECRETS if each in answer.text], what


def test_addresses_of_another_sites_things_lead_nowhere_and_change_nothing(
    app: Flask, stranger: FlaskClient, news: Site
) -> None:
    known, before = names(), stored()
    tried = 0
    for method, rule in rules(app):
        if not rule.arguments:
            continue
        for address in addresses(app, rule, news.key, known):
            form = {"version": "1", "do": "remove", "name": "x", "mode": "never"}
            answer = stranger.open(address, method=method, data=form if method == "POST" else None)
            require_nothing_seen(answer, (method, address))
            if NAMING & rule.arguments and not rule.endpoint.endswith("_instead"):
                assert answer.status_code == 404, (method, address)
            tried += 1
    assert tried > 150
    assert stored() == before


def test_own_addresses_with_another_sites_things_in_the_form_change_nothing_of_it(
    app: Flask, stranger: FlaskClient, news: Site, elsewhere: str, report: Report
) -> None:
    known, before = names(), stored()
    own = {
        key
        for key, row in before.items()
        if key[0] in OF_ACCOUNTS or "Elsewhere" in row or STRANGER in row
    }
    for method, rule in rules(app):
        if method == "GET" or "name" in rule.arguments or "logout" in rule.endpoint:
            continue
        if rule.endpoint in ("dashboard.end_sessions", "dashboard.erase_site"):
            continue
        for address, id in product(
            addresses(app, rule, elsewhere, {"uuid": [], "int": [], "text": []}),
            [*known["uuid"], *known["int"]],
        ):
            form = {
                "id": str(id),
                "site": news.key,
                "page": str(report.page_id),
                "chosen": f"{report.public_id}.{report.version}",
                "action": "fixed",
                "key": news.key,
                "reader": str(report.submissions[0].public_id),
                "scopes": "reports:read",
                "days": "90",
                "name": "Board",
            }
            answer = stranger.post(address, data=form)
            if "preview" not in rule.endpoint:  # Its example is mistaken in the same way.
                require_nothing_seen(answer, (address, id))
    after = stored()
    assert {key for key, row in before.items() if key not in own and after.get(key) != row} == set()


@pytest.mark.parametrize(
    "address", ["/", "/queue/news", "/deliveries", "/statistics", "/statistics/days.csv"]
)
def test_lists_narrowed_to_another_site_show_nothing_of_it(
    stranger: FlaskClient, news: Site, address: str
) -> None:
    for name, value in (("site", news.key), ("site", "The News"), ("q", "recieve"), ("mine", "1")):
        answer = stranger.get(address, query_string={name: value, "view": "all", "since": "0"})

        require_nothing_seen(answer, (address, name)) if name != "q" else None
        assert "Secret board" not in answer.text
