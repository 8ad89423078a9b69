"""Whoever says in a header who he is is believed only where a proxy of ours says it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from submissions import ORIGIN, body_for

from server.config import Settings
from server.models import Site


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(settings, intake_network_limit="2/minute", proxy_hops=request.param)


def codes(client: FlaskClient, site: Site, forwarded: list[str]) -> list[int]:
    return [
        client.post(
            "/api/v1/submissions",
            json=body_for(site),
            headers={
                "Origin": ORIGIN,
                "X-Forwarded-For": each,
                "X-Real-IP": each,
                "Forwarded": f"for={each}",
            },
        ).status_code
        for each in forwarded
    ]


@pytest.mark.parametrize("settings", [0], indirect=True)
def test_without_a_proxy_no_header_makes_another_sender(client: FlaskClient, site: Site) -> None:
    forged = [f"198.51.100.{number}" for number in range(4)]

    assert codes(client, site, forged) == [201, 200, 429, 429]


@pytest.mark.parametrize("settings", [1], indirect=True)
def test_behind_a_proxy_only_what_it_added_counts(client: FlaskClient, site: Site) -> None:
    forged = [f"203.0.113.{number}, 198.51.100.1" for number in range(4)]

    assert codes(client, site, forged) == [201, 200, 429, 429]
    assert codes(client, site, ["203.0.113.1, 198.51.100.2"]) == [200]


@pytest.mark.parametrize("settings", [2], indirect=True)
def test_behind_two_proxies_the_last_but_one_counts(client: FlaskClient, site: Site) -> None:
    forged = [f"203.0.113.{number}, 198.51.100.1, 192.0.2.{number}" for number in range(3)]

    assert codes(client, site, forged) == [201, 200, 429]
