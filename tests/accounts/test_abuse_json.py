"""Pages read no JSON: nobody logs in by it, and none of it can break them."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from submissions import EDITOR, PASSWORD

from server.models import Site, User

DEEP = b"[" * 9_000
PAGES = ["/", "/login", "/login/reset", "/login/passkey", "/account", "/no/such/page", "/setup"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_deep_json_breaks_no_page(client: FlaskClient, site: Site, page: str, method: str) -> None:
    answer = client.open(page, method=method, data=DEEP, content_type="application/json")

    assert answer.status_code in (302, 303, 400, 404, 405, 415)


@pytest.mark.parametrize("address", ["/w/ck_none.js", "/widget/1/listener.js", "/static/x"])
def test_deep_json_to_what_readers_load_is_no_mistake_of_ours(
    client: FlaskClient, address: str
) -> None:
    answer = client.post(address, data=DEEP, content_type="application/json; charset=utf-16")

    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("host", ["evil.example", "localhost:99999", "[::1"])
def test_json_for_a_host_that_is_not_ours_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.post(
        "/login", data=DEEP, content_type="application/json", headers={"Host": host}
    )

    assert answer.status_code == 400


def test_nobody_logs_in_by_json(app: Flask, editor: User) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()

    answer = client.post("/login", json={"email": EDITOR, "password": PASSWORD})

    assert answer.status_code == 415
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("token", ["x", json.dumps([[]] * 99), "\x00", "a.b.c"])
def test_no_token_logs_in_to_pages(client: FlaskClient, editor: User, token: str) -> None:
    answer = client.get("/", query_string={"auth_token": token})

    assert answer.status_code == 302
