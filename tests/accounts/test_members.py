"""What owners do with members: their roles, and their leaving."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, PASSWORD

from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry, Membership, Site, User
from server.sites import add_member, add_user

BO = "bo@news.example"


def send(client: FlaskClient, path: str, **form: str) -> str:
    answer = client.post(path, data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def roles() -> dict[str, str]:
    db.session.rollback()
    return {each.user.email: each.role for each in db.session.scalars(select(Membership))}


@pytest.fixture
def bo(app: Flask, site: Site) -> User:
    with write_transaction() as session:
        user = add_user(session, BO, PASSWORD)
        add_member(session, user, session.get_one(Site, site.id), "viewer")
    return user


def id_of(user: User) -> str:
    return str(db.session.scalars(select(Membership.id).where(Membership.user_id == user.id)).one())


def test_role_is_changed(owner_client: FlaskClient, people: str, bo: User) -> None:
    send(owner_client, f"{people}/role", id=id_of(bo), role="editor")

    assert roles() == {EDITOR: "owner", BO: "editor"}
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "member.role_changed")
    ).one()
    assert entry.detail == f"{BO}: viewer → editor"


def test_member_is_removed(owner_client: FlaskClient, people: str, bo: User) -> None:
    send(owner_client, f"{people}/remove", id=id_of(bo))

    assert roles() == {EDITOR: "owner"}


@pytest.mark.parametrize("form", [{"role": "viewer"}, {}])
def test_last_owner_stays_one(
    owner_client: FlaskClient, people: str, editor: User, bo: User, form: dict[str, str]
) -> None:
    address = f"{people}/role" if form else f"{people}/remove"
    answer = owner_client.post(address, data={"id": id_of(editor), **form})

    assert answer.status_code == 422
    assert "The site needs an owner" in answer.text
    assert roles()[EDITOR] == "owner"


def test_closed_account_is_no_owner_that_counts(
    owner_client: FlaskClient, people: str, editor: User, bo: User
) -> None:
    send(owner_client, f"{people}/role", id=id_of(bo), role="owner")
    with write_transaction() as session:
        session.get_one(User, bo.id).active = False

    answer = owner_client.post(f"{people}/remove", data={"id": id_of(editor)})

    assert answer.status_code == 422


def test_owner_who_leaves_is_led_away(
    owner_client: FlaskClient, people: str, editor: User, bo: User
) -> None:
    send(owner_client, f"{people}/role", id=id_of(bo), role="owner")

    answer = owner_client.post(f"{people}/remove", data={"id": id_of(editor)})

    assert answer.location == "/"
    assert owner_client.get(people).status_code == 404


@pytest.mark.parametrize(("value", "status"), [("", 400), ("x", 400), ("999999", 404)])
def test_unknown_member_changes_nothing(
    owner_client: FlaskClient, people: str, value: str, status: int
) -> None:
    for action in ("role", "remove"):
        answer = owner_client.post(f"{people}/{action}", data={"id": value, "role": "viewer"})
        assert answer.status_code == status
