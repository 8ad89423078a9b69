"""Owners set the channels of their sites; nobody else does."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hostile import text_of
from sqlalchemy import select, update
from submissions import ORIGIN, Submit

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import Channel, Delivery, Membership, Site
from server.notify.site_channels import add_channel
from server.sites import add_site

ADDRESS = "https://hook.example/secret-path"
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"


@pytest.fixture
def owner_client(editor_client: FlaskClient) -> FlaskClient:
    with write_transaction() as session:
        session.execute(update(Membership).values(role="owner"))
    return editor_client


@pytest.fixture
def channel(site: Site) -> Channel:
    with write_transaction() as session:
        return add_channel(
            session, session.get_one(Site, site.id), "webhook", name="Ticker", address=ADDRESS
        )


@pytest.fixture
def foreign(app: Flask) -> Channel:
    """A channel of somebody else's site."""
    with write_transaction() as session:
        other = add_site(session, "The Others", ["https://others.example"])
        return add_channel(session, other, "webhook", name="Theirs", address=ADDRESS)


def form(site: Site, **changes: object) -> dict[str, object]:
    return {
        "site": site.key,
        "kind": "webhook",
        "name": "Ticker",
        "address": ADDRESS,
        "events": ["opened", "fixed"],
        **changes,
    }


def test_secret_is_shown_once(owner_client: FlaskClient, site: Site) -> None:
    page = owner_client.post("/channels", data=form(site)).text

    channel = db.session.scalars(select(Channel)).one()
    assert channel.secret in page
    assert (channel.events, channel.active) == (["opened", "fixed"], True)
    again = owner_client.get("/channels").text
    assert "Ticker" in again
    assert channel.secret not in again
    assert "https://hook.example/…" in again
    assert "secret-path" not in again, "the path of an address is often a password"


def test_chat_is_added_and_its_address_not_shown(owner_client: FlaskClient, site: Site) -> None:
    page = owner_client.post(
        "/channels", data=form(site, kind="apprise", address=SLACK), follow_redirects=True
    ).text

    assert "Added Ticker." in page
    assert "slack://…" in page
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in page


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 81}),
        ("kind", {"kind": "pigeon"}),
        ("events", {"events": []}),
        ("events", {"events": ["everything"]}),
        ("address", {"address": "http://hook.example/"}),
        ("address", {"address": "https://127.0.0.1/"}),
        ("address", {"address": "https://169.254.169.254/latest/meta-data"}),
        ("address", {"kind": "apprise", "address": "file:///etc/passwd"}),
    ],
)
def test_mistake_is_named_at_its_field_and_stores_nothing(
    owner_client: FlaskClient, site: Site, field: str, changes: dict[str, object]
) -> None:
    answer = owner_client.post("/channels", data=form(site, **changes))

    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert db.session.scalars(select(Channel)).all() == []


def test_name_is_taken_once(owner_client: FlaskClient, site: Site, channel: Channel) -> None:
    answer = owner_client.post("/channels", data=form(site))

    assert answer.status_code == 422
    assert "already a channel named" in answer.text


def test_new_secret_is_shown_with_how_long_the_former_one_signs(
    owner_client: FlaskClient, channel: Channel
) -> None:
    former = channel.secret

    page = owner_client.post(f"/channels/{channel.reference}/rotate").text

    db.session.refresh(channel)
    assert channel.secret != former
    assert channel.former_secret == former
    assert channel.secret in page
    assert "The former one signs as well until" in page


def test_pause_and_resume(owner_client: FlaskClient, channel: Channel) -> None:
    page = owner_client.post(f"/channels/{channel.reference}/pause", follow_redirects=True).text
    assert "paused" in page
    db.session.refresh(channel)
    assert not channel.active

    owner_client.post(f"/channels/{channel.reference}/resume")
    db.session.refresh(channel)
    assert channel.active


def test_test_message_is_owed_and_listed(owner_client: FlaskClient, channel: Channel) -> None:
    page = owner_client.post(f"/channels/{channel.reference}/test", follow_redirects=True).text

    delivery = db.session.scalars(select(Delivery)).one()
    assert (delivery.channel, delivery.kind, delivery.recipient) == (
        "webhook",
        "test",
        channel.reference,
    )
    assert f"/deliveries/{delivery.public_id}" in page
    listed = owner_client.get("/deliveries").text
    assert "Ticker" in listed
    assert channel.reference not in re.sub(r'href="[^"]*"', "", listed)
    assert owner_client.get(f"/deliveries/{delivery.public_id}").status_code == 200


def test_owner_sees_how_many_events_wait_for_their_turn(
    app: Flask, owner_client: FlaskClient, channel: Channel, submit: Submit
) -> None:
    assert "their turn" not in owner_client.get("/channels").text
    app.extensions["copydesk_settings"] = replace(
        app.extensions["copydesk_settings"], webhook_calls_per_minute=2
    )
    with time_machine.travel(now(), tick=False):
        for number in range(5):
            submit(page__url=f"{ORIGIN}/{number}", selector__exact=f"mistake {number}")
        last = now() + timedelta(minutes=2)

        page = text_of(owner_client.get("/channels").text)

    assert f"3 messages wait for their turn, the last one until {last:%Y-%m-%d %H:%M} UTC." in page


def test_removed_channel_is_gone(owner_client: FlaskClient, channel: Channel) -> None:
    owner_client.post(f"/channels/{channel.reference}/remove")

    assert db.session.scalars(select(Channel)).all() == []


def test_get_changes_nothing(owner_client: FlaskClient, channel: Channel) -> None:
    for action in ("pause", "rotate", "remove", "test"):
        assert owner_client.get(f"/channels/{channel.reference}/{action}").status_code == 303

    db.session.refresh(channel)
    assert channel.active
    assert channel.former_secret == ""
    assert db.session.scalars(select(Delivery)).all() == []


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_owners(editor_client: FlaskClient, site: Site, channel: Channel, role: str) -> None:
    with write_transaction() as session:
        session.execute(update(Membership).values(role=role))

    assert editor_client.get("/channels").status_code == 403
    assert editor_client.post("/channels", data=form(site, name="B")).status_code == 403
    for action in ("pause", "rotate", "remove", "test"):
        answer = editor_client.post(f"/channels/{channel.reference}/{action}")
        assert answer.status_code == 403
    assert "/channels" not in editor_client.get("/").text
    db.session.refresh(channel)
    assert channel.active


def test_channels_of_others_do_not_exist(
    owner_client: FlaskClient, site: Site, foreign: Channel
) -> None:
    assert "Theirs" not in owner_client.get("/channels").text
    for action in ("pause", "rotate", "remove", "test"):
        answer = owner_client.post(f"/channels/{foreign.reference}/{action}")
        assert answer.status_code == 404
    other = db.session.get_one(Site, foreign.site_id)
    assert owner_client.post("/channels", data=form(other)).status_code == 404


def test_without_token_nothing_is_changed(
    app: Flask, owner_client: FlaskClient, channel: Channel
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    assert owner_client.post(f"/channels/{channel.reference}/remove").status_code == 400

    assert db.session.scalars(select(Channel)).one()
