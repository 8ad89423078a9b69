"""People and log-ins on both databases, also where two act in the same moment."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from at_once import at_once
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in
from sqlalchemy import func, select
from submissions import EDITOR, ORIGIN, PASSWORD

from server.dashboard import invitations
from server.database import write_transaction
from server.extensions import db
from server.models import (
    AuditEntry,
    Invitation,
    LoginSession,
    Membership,
    SavedView,
    Site,
    User,
)
from server.notify.account_mail import invitation_path
from server.sites import add_member, add_site, add_user, hashed_password

pytestmark = pytest.mark.usefixtures("database_url")

OTHER = "bo@news.example"
CHOSEN = {"password": "seven green kettles sing", "password_confirm": "seven green kettles sing"}


@pytest.fixture
def app(app: Flask) -> Flask:
    """Its forms need no CSRF token here."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def people(app: Flask) -> str:
    """The address of a site's people; the two of them are owners."""
    with write_transaction() as session:
        site = add_site(session, "The News", [ORIGIN])
        for email in (EDITOR, OTHER):
            add_member(session, add_user(session, email, PASSWORD), site, "owner")
        return f"/sites/{site.key}/people"


def owner(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, email)
    return client


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_two_owners_who_demote_each_other_leave_one(app: Flask, people: str) -> None:
    clients = [owner(app, EDITOR), owner(app, OTHER)]
    ids = [
        db.session.scalars(select(Membership.id).join(User).where(User.email == email)).one()
        for email in (OTHER, EDITOR)
    ]

    def demote(client: FlaskClient, member: int) -> Callable[[], int]:
        form = {"id": str(member), "role": "viewer"}
        return lambda: client.post(f"{people}/role", data=form).status_code

    statuses = at_once([demote(*pair) for pair in zip(clients, ids, strict=True)])

    db.session.rollback()
    roles = sorted(db.session.scalars(select(Membership.role)))
    assert roles == ["owner", "viewer"]
    # The second was no owner any more, or the last one.
    assert sorted(statuses)[0] == 303
    assert sorted(statuses)[1] in (404, 422)


def test_one_address_is_invited_once(app: Flask, people: str) -> None:
    form = {"email": "cy@news.example", "role": "editor"}

    def invite(client: FlaskClient) -> Callable[[], int]:
        return lambda: client.post(f"{people}/invite", data=form).status_code

    statuses = at_once([invite(owner(app, email)) for email in (EDITOR, OTHER)])

    assert sorted(statuses) == [303, 422]
    assert count(Invitation) == 1


def test_one_invitation_is_accepted_once(app: Flask, people: str) -> None:
    owner(app, EDITOR).post(f"{people}/invite", data={"email": "cy@news.example", "role": "editor"})
    settings = app.extensions["copydesk_settings"]
    path = invitation_path(settings, db.session.scalars(select(Invitation.public_id)).one())

    statuses = at_once(
        [lambda: app.test_client().post(path, data=CHOSEN).status_code for _ in range(3)]
    )

    assert sorted(statuses) == [303, 410, 410]
    assert (count(User), count(Membership), count(Invitation)) == (3, 3, 0)


def test_log_ins_come_and_go(app: Flask, people: str) -> None:
    here, there = owner(app, EDITOR), owner(app, EDITOR)
    assert count(LoginSession) == 2

    page = here.get("/account/sessions").text
    (other,) = [each for each in re.findall(r'name="id" value="([^"]+)"', page) if each != "others"]
    here.post("/account/sessions/end", data={"id": other})

    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    here.post("/logout")
    assert count(LoginSession) == 0


def test_password_is_changed_and_the_log_says_so(app: Flask, people: str) -> None:
    here = owner(app, EDITOR)

    here.post(
        "/account/password",
        data={
            "password": PASSWORD,
            "new_password": CHOSEN["password"],
            "new_password_confirm": CHOSEN["password"],
        },
    )

    assert log_in(app.test_client(), password=CHOSEN["password"])
    db.session.rollback()
    actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["account.logged_in", "account.password_changed", "account.logged_in"]
    assert "changed the password" in here.get(people.replace("/people", "/log")).text


def test_site_takes_what_is_noted_of_it_along(app: Flask, people: str) -> None:
    owner(app, EDITOR).post(f"{people}/invite", data={"email": "cy@news.example", "role": "editor"})

    with write_transaction() as session:
        session.delete(session.scalars(select(Site)).one())

    left = set(db.session.scalars(select(AuditEntry.action)))
    assert (count(Invitation), count(Membership)) == (0, 0)
    assert left == {"account.logged_in"}


@pytest.mark.parametrize("number", ["9" * 30, str(2**63 - 1), str(2**31), "-" + "9" * 30])
def test_numbers_that_no_column_takes_are_harmless(app: Flask, people: str, number: str) -> None:
    client, site = owner(app, EDITOR), people.removesuffix("/people")
    place = f"2026-11-28T00:00:00%2B00:00_{number}"

    for address in (
        f"{site}/log?before={number}",
        f"/deliveries?before={number}",
        f"/?after={place}",
        f"/?sort=readers&after=1_{number}",
    ):
        assert client.get(address, follow_redirects=True).status_code == 200, address


def test_key_that_no_database_takes_is_nobodys(app: Flask, people: str) -> None:
    client = owner(app, EDITOR)

    assert client.get("/sites/%00/log").status_code == 404
    assert client.get("/?site=%00").status_code == 404
    assert client.get("/statistics?site=%00").status_code in (200, 404)


def test_account_that_was_made_while_a_password_was_chosen_is_not_logged_in(
    app: Flask, people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, guest = owner(app, EDITOR), "guest@news.example"
    client.post(f"{people}/invite", data={"email": guest, "role": "viewer"})
    public_id = db.session.scalars(select(Invitation.public_id)).one()
    link = invitation_path(app.extensions["copydesk_settings"], public_id)

    def hashed_meanwhile(password: str, address: str) -> str:
        with write_transaction() as session:
            add_user(session, guest, "another four kettles whistle")
        return hashed_password(password, address)

    monkeypatch.setattr(invitations, "hashed_password", hashed_meanwhile)
    stranger = app.test_client()

    assert "/login" in stranger.post(link, data=CHOSEN).location
    assert stranger.get("/account").status_code == 302


FORMS = {
    "/sites/add": {"name": "Another", "origins": "https://x.example", "language": "en"},
    "{site}/protection/block": {"kind": "word", "pattern": "pills"},
    "{site}/settings/origins/add": {"origin": "https://y.example"},
    "{site}/recipients/add": {"address": "z@a.example", "mode": "daily", "zone": "UTC"},
    "/notifications/{key}": {"mode": "daily", "zone": "UTC"},
    "/views/{view}": {"do": "remove"},
}


@pytest.mark.parametrize("path", FORMS)
def test_form_that_is_sent_twice_at_once_is_no_mistake_of_ours(
    app: Flask, people: str, path: str
) -> None:
    site = people.removesuffix("/people")
    clients = [owner(app, EDITOR) for _ in range(3)]
    clients[0].post("/views", data={"name": "Mine", "view": "mine"})
    view = db.session.scalars(select(SavedView.id)).one()
    address = path.format(site=site, key=site.rpartition("/")[2], view=view)
    together = threading.Barrier(len(clients))

    def send(client: FlaskClient) -> int:
        together.wait(20)
        return client.post(address, data=FORMS[path]).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        statuses = sorted(pool.map(send, clients))

    assert statuses[0] == 303
    assert statuses[-1] in (303, 404, 422)
