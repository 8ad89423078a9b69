"""Floods are slowed down where they come from, and nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from submissions import ORIGIN, body_for
from werkzeug.test import TestResponse

from server.config import Settings
from server.database import write_transaction
from server.extensions import limiter
from server.models import Site
from server.network import prefix_of
from server.sites import add_site


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, intake_network_limit="2/minute", intake_site_limit="3/minute")


def post(client: FlaskClient, site: Site, address: str, origin: str = ORIGIN) -> TestResponse:
    body = body_for(site, page__url=f"{origin}/a", selector__exact=address)
    return client.post(
        "/api/v1/submissions",
        data=json.dumps(body),
        content_type="text/plain",
        headers={"Origin": origin},
        environ_base={"REMOTE_ADDR": address},
    )


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


def test_flood_on_one_site_leaves_another_alone(client: FlaskClient, site: Site) -> None:
    with write_transaction() as session:
        other = add_site(session, "Other Times", ["https://other.example"])
    codes = [post(client, site, f"198.51.100.{host}").status_code for host in range(5)]

    assert codes == [201, 201, 201, 429, 429]
    assert post(client, other, "198.51.100.9", "https://other.example").status_code == 201


def test_refused_requests_store_nothing_and_cost_the_sender_alone(
    client: FlaskClient, site: Site
) -> None:
    for _ in range(5):
        client.post("/api/v1/submissions", data="{", environ_base={"REMOTE_ADDR": "198.51.100.1"})

    assert post(client, site, "198.51.100.1").status_code == 429
    assert post(client, site, "198.51.100.2").status_code == 201


def test_storage_that_is_down_does_not_close_the_intake(
    app: Flask, client: FlaskClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stand-in: a Redis that dies between start and request cannot be timed in a test.
    def gone(*_: object) -> bool:
        raise ConnectionError("gone")

    monkeypatch.setattr(limiter.limiter, "hit", gone)

    assert post(client, site, "198.51.100.1").status_code == 201


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("unknown", "unknown"),
    ],
)
def test_prefix_of_an_address(address: str, prefix: str) -> None:
    assert prefix_of(address) == prefix
