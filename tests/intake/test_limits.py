"""Floods are slowed down where they come from, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from submissions import ORIGIN, body_for
from werkzeug.test import TestResponse

from server import network
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Site
from server.network import sender_at
from server.sites import add_site

OTHER_ORIGIN = "https://other.example"
ENDPOINT = "/api/v1/submissions"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, intake_network_limit="2/minute", intake_site_limit="3/minute")


@pytest.fixture
def other(app: Flask) -> Site:
    with write_transaction() as session:
        return add_site(session, "Other Times", [OTHER_ORIGIN])


def post(
    client: FlaskClient,
    site: Site,
    address: str,
    origin: str = ORIGIN,
    data: str | None = None,
    named: bool = False,
) -> TestResponse:
    body = body_for(site, page__url=f"{origin}/a", selector__exact=address)
    return client.post(
        f"{ENDPOINT}?site={site.key}" if named else ENDPOINT,
        data=json.dumps(body) if data is None else data,
        content_type="text/plain",
        headers={"Origin": origin},
        environ_base={"REMOTE_ADDR": address},
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_one_network_is_told_when_to_come_back(client: FlaskClient, site: Site) -> None:
    answers = [post(client, site, "198.51.100.1") for _ in range(3)]

    assert [answer.status_code for answer in answers][:2] == [201, 200]
    refused = answers[2]
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert post(client, site, "198.51.100.2").status_code == 201


def test_an_ipv6_household_counts_as_one(client: FlaskClient, site: Site) -> None:
    codes = [post(client, site, f"2001:db8::{host}").status_code for host in (1, 2, 3)]

    assert codes == [201, 201, 429]
    assert post(client, site, "2001:db8:0:1::1").status_code == 201


def test_a_subscriber_who_goes_through_his_ipv6_networks_gets_what_eight_may_send(
    client: FlaskClient, site: Site
) -> None:
    # The settings let one network send two. What is no report is counted by network alone.
    senders = [f"2001:db8:0:{network:x}::1" for network in range(20)]
    codes = [post(client, site, each, data="{").status_code for each in senders]

    assert codes == [400] * 16 + [429] * 4
    assert post(client, site, "2001:db8:1::1", data="{").status_code == 400


@pytest.mark.parametrize("named", [True, False], ids=["named in the address", "in the body"])
def test_a_subscriber_is_held_to_it_for_each_site_apart(
    client: FlaskClient, site: Site, other: Site, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "SHARED_BY", 1)
    senders = [f"2001:db8:0:{number:x}::1" for number in range(3)]

    assert [post(client, site, each, named=named).status_code for each in senders] == [
        201,
        201,
        429,
    ]
    answer = post(client, other, senders[2], OTHER_ORIGIN, named=named)
    assert answer.status_code == 201


def test_ipv4_addresses_within_ipv6_do_not_count_as_one(client: FlaskClient, site: Site) -> None:
    codes = [post(client, site, f"::ffff:198.51.100.{host}").status_code for host in (1, 2, 3)]

    assert codes == [201, 201, 201]


def test_flood_on_one_site_leaves_another_alone(
    client: FlaskClient, site: Site, other: Site
) -> None:
    codes = [post(client, site, f"198.51.100.{host}").status_code for host in range(5)]

    assert codes == [201, 201, 201, 429, 429]
    assert post(client, other, "198.51.100.9", OTHER_ORIGIN).status_code == 201


@pytest.mark.parametrize("named", [True, False], ids=["named in the address", "in the body"])
def test_flood_from_one_office_on_one_site_leaves_its_readers_of_another_alone(
    client: FlaskClient, site: Site, other: Site, named: bool
) -> None:
    codes = [post(client, site, "198.51.100.1", named=named).status_code for _ in range(20)]

    assert codes[2:] == [429] * 18
    assert post(client, other, "198.51.100.1", OTHER_ORIGIN, named=named).status_code == 201


def test_flood_of_one_network_does_not_use_up_what_the_site_may_get(
    client: FlaskClient, site: Site
) -> None:
    for _ in range(20):
        post(client, site, "198.51.100.1")

    assert post(client, site, "198.51.100.2").status_code == 201


def test_refused_requests_store_nothing_and_cost_the_sender_alone(
    client: FlaskClient, site: Site
) -> None:
    for _ in range(5):
        post(client, site, "198.51.100.1", data="{")

    assert post(client, site, "198.51.100.1", data="{").status_code == 429
    assert post(client, site, "198.51.100.2").status_code == 201


def test_rubbish_of_one_office_leaves_its_widgets_alone(client: FlaskClient, site: Site) -> None:
    for _ in range(5):
        post(client, site, "198.51.100.1", data="{")

    assert post(client, site, "198.51.100.1", named=True).status_code == 201


def test_a_flood_that_names_its_site_is_refused_unread_and_without_the_database(
    client: FlaskClient, site: Site
) -> None:
    for _ in range(2):
        post(client, site, "198.51.100.1", named=True)

    address = f"{ENDPOINT}?site={site.key}"
    with statements() as asked:
        answer = client.post(
            address, data="not even JSON", environ_base={"REMOTE_ADDR": "198.51.100.1"}
        )

    assert answer.status_code == 429
    assert asked == []


def test_a_site_is_looked_up_once_for_many_requests(client: FlaskClient, site: Site) -> None:
    body = json.dumps(body_for(site))
    with statements() as asked:
        for host in range(3):
            sender = {"REMOTE_ADDR": f"198.51.100.{host}"}
            client.post(ENDPOINT, data=body, headers={"Origin": ORIGIN}, environ_base=sender)

    assert (
        len([each for each in asked if "FROM site \n" in each and "key" in each.split("WHERE")[1]])
        == 1
    )


def test_a_key_that_no_site_has_is_looked_up_once(client: FlaskClient, site: Site) -> None:
    unknown = f"{ENDPOINT}?site=ck_{'0' * 32}"
    codes = []
    with statements() as asked:
        for host in range(3):
            sender = {"REMOTE_ADDR": f"198.51.100.{host}"}
            codes.append(client.post(unknown, environ_base=sender).status_code)

    assert codes == [404] * 3
    assert len([each for each in asked if 'WHERE site."key"' in each]) == 1


def test_guessed_keys_are_limited_too(client: FlaskClient, site: Site) -> None:
    codes = [client.post(f"{ENDPOINT}?site=ck_{n:032x}").status_code for n in range(4)]

    assert codes == [404, 404, 429, 429]


def test_what_is_no_key_never_reaches_the_database(client: FlaskClient, site: Site) -> None:
    with statements() as asked:
        answer = client.post(f"{ENDPOINT}?site=' OR 1=1 --")

    assert answer.status_code == 404
    assert asked == []


def test_the_address_and_the_body_must_name_the_same_site(
    client: FlaskClient, site: Site, other: Site
) -> None:
    answer = client.post(
        f"{ENDPOINT}?site={other.key}", data=json.dumps(body_for(site)), headers={"Origin": ORIGIN}
    )

    assert answer.status_code == 422
    assert json.loads(answer.data)["errors"][0]["field"] == "site"


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("64:ff9b::192.0.2.7", "192.0.2.7/32"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_prefix_of_an_address(app: Flask, address: str, prefix: str) -> None:
    assert sender_at(address).prefix == prefix
