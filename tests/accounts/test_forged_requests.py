"""What others' pages, frames and links can make an owner's browser do: nothing, at any address."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from server.database import write_transaction
from server.extensions import db
from server.models import Base, Membership

# What reads no cookie, so that a forged form borrows nothing: readers' submissions, the pages
# behind a mail's links (their own token is the key), programs with a token in a header; and what
# is the same for everybody.
WITHOUT_COOKIE = ("widget.", "intake.", "links.", "programs.", "api-docs.")


def addresses(app: Flask, method: str) -> list[tuple[str, str]]:
    """Every endpoint of the editors' with an address that names things which may not be there."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method not in (rule.methods or ()) or rule.endpoint.startswith(WITHOUT_COOKIE):
                continue
            values: dict[str, object] = {}
            for name in rule.arguments:
                converter = rule._converters[name]
                kind = type(converter).__name__
                if kind == "AnyConverter":
                    values[name] = min(converter.items)
                else:
                    values[name] = {"UUIDConverter": uuid.uuid4(), "IntegerConverter": 1}.get(
                        kind, "x"
                    )
            found.append((rule.endpoint, app.url_for(rule.endpoint, _external=False, **values)))
    return found


def everything_stored() -> dict[str, int]:
    db.session.rollback()
    return {
        name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }


@pytest.fixture
def owner(app: Flask, editor_client: FlaskClient) -> FlaskClient:
    """An owner's browser, whose forms need their token."""
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"
    app.config["WTF_CSRF_ENABLED"] = True
    return editor_client


def test_every_form_without_its_token_is_refused_and_stores_nothing(
    app: Flask, owner: FlaskClient
) -> None:
    before = everything_stored()

    for endpoint, address in addresses(app, "POST"):
        answer = owner.post(address, data={"id": "others", "name": "x", "email": "a@b.example"})
        if endpoint == "security.login":
            assert answer.location == "/login", address
            continue
        assert answer.status_code == 400, (endpoint, address)
        assert "Nothing was changed" in answer.text, (endpoint, address)
    assert everything_stored() == before
    assert owner.get("/account").status_code == 200


def test_every_form_of_who_is_logged_out_needs_its_token_too(app: Flask, site: object) -> None:
    before = everything_stored()

    for endpoint, address in addresses(app, "POST"):
        answer = app.test_client().post(address, data={"email": "a@b.example", "password": "x"})
        assert answer.status_code in (302, 303, 400), (endpoint, address)
        assert (answer.location or "/login").startswith("/login"), (endpoint, address)
    assert everything_stored() == before


def test_no_page_can_be_framed_by_another_site(app: Flask, owner: FlaskClient) -> None:
    seen = 0
    for endpoint, address in addresses(app, "GET"):
        answer = owner.get(address)
        assert answer.headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN"), (endpoint, address)
        if answer.mimetype != "text/html":
            continue
        seen += 1
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy or "frame-ancestors 'self'" in policy, endpoint
    assert seen > 20


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (400, {"path": "/login", "base_url": "http://evil.example"}),
        (400, {"path": "/account/language", "method": "POST"}),
        (404, {"path": "/no/such/page"}),
        (405, {"path": "/login", "method": "DELETE"}),
        (413, {"path": "/login", "method": "POST", "data": {"email": "x" * 300_000}}),
        (200, {"path": "/assets/base.css"}),
        (404, {"path": "/assets/none.css"}),
    ],
)
def test_no_error_and_no_file_can_be_framed(
    owner: FlaskClient, status: int, asked: dict[str, Any]
) -> None:
    answer = owner.open(**asked)

    assert answer.status_code == status
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_reading_changes_nothing_at_any_address(app: Flask, owner: FlaskClient) -> None:
    owner.get("/")
    before = everything_stored()

    for endpoint, address in addresses(app, "GET"):
        assert owner.get(address).status_code < 500, (endpoint, address)
    assert everything_stored() == before


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_no_address_leads_elsewhere_whatever_next_says(
    app: Flask, owner: FlaskClient, target: str
) -> None:
    for client in (owner, app.test_client()):
        for endpoint, address in addresses(app, "GET"):
            location = client.get(address, query_string={"next": target}).location or "/"
            assert location.startswith("/"), (endpoint, location)
            assert not location.replace("\\", "/").startswith("//"), (endpoint, location)


def test_foreign_host_is_refused_at_every_address(app: Flask, owner: FlaskClient) -> None:
    for endpoint, address in addresses(app, "GET"):
        answer = owner.get(address, base_url="http://evil.example")
        assert answer.status_code == 400, (endpoint, address)
        # A problem document is read by a program, which sent that name itself.
        if answer.mimetype != "application/problem+json":
            assert "evil.example" not in answer.text, (endpoint, address)
