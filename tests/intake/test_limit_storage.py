"""Where limits count: in this process, in Redis, and in this process while Redis is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from redis_server import MISSING, PROGRAM, redis_server
from smtp_server import free_port
from submissions import ORIGIN, body_for
from werkzeug.test import TestResponse

from server import create_app
from server.clock import now
from server.config import Settings
from server.extensions import limiter
from server.intake import limits
from server.models import Site

LIMITS = {"intake_network_limit": "2/minute", "intake_site_limit": "100/minute"}


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    if not PROGRAM:
        pytest.skip(MISSING)
    with redis_server() as url:
        yield url


def post(client: FlaskClient, site: Site, address: str = "198.51.100.1") -> TestResponse:
    return client.post(
        "/api/v1/submissions",
        data=json.dumps(body_for(site)),
        headers={"Origin": ORIGIN},
        environ_base={"REMOTE_ADDR": address},
    )


class TestRedis:
    @pytest.fixture
    def settings(self, settings: Settings, redis_url: str) -> Settings:
        Redis.from_url(redis_url).flushall()
        return replace(settings, limit_storage_url=redis_url, **LIMITS)

    def test_processes_count_together(
        self, settings: Settings, client: FlaskClient, site: Site
    ) -> None:
        another_process = create_app(settings).test_client()

        codes = [post(each, site).status_code for each in (client, another_process, client)]

        assert codes == [201, 200, 429]

    def test_it_is_told_when_to_come_back(self, client: FlaskClient, site: Site) -> None:
        refused = [post(client, site) for _ in range(3)][-1]

        assert 0 < int(refused.headers["Retry-After"]) <= 61

    def test_its_keys_hold_no_address(
        self, app: Flask, client: FlaskClient, site: Site, redis_url: str
    ) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        post(client, site)
        client.post("/login", data={"email": "a@b.c"}, environ_base={"REMOTE_ADDR": "198.51.100.1"})

        keys = Redis.from_url(redis_url).keys("*")
        assert len(keys) >= 3
        assert not [key for key in keys if b"198.51" in key]


class TestRedisIsGone:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, limit_storage_url=f"redis://127.0.0.1:{free_port()}/0", **LIMITS)

    def test_each_process_counts_for_itself(self, client: FlaskClient, site: Site) -> None:
        codes = [post(client, site).status_code for _ in range(3)]

        assert codes == [201, 200, 429]

    def test_it_is_not_asked_by_every_request(
        self, client: FlaskClient, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[datetime] = []

        def gone(*_: object) -> bool:
            asked.append(now())
            raise ConnectionError("gone")

        monkeypatch.setattr(limiter.limiter, "hit", gone)
        monkeypatch.setattr(limiter.limiter, "test", gone)
        for _ in range(3):
            post(client, site)
        assert len(asked) == 1

        later = now() + limits.AWAY + timedelta(seconds=1)
        monkeypatch.setattr(limits, "now", lambda: later)
        post(client, site, "198.51.100.2")

        assert len(asked) == 2
