"""Whose pages may report: exact origins, subdomains, and requests that name none."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from submissions import ORIGIN, Submit, body_for
from werkzeug.test import TestResponse

from server.database import write_transaction
from server.models import Site
from server.reports.blocks import add_block
from server.sites import add_site, change_site

WILDCARD = "https://*.wide.example"


@pytest.fixture
def wide(site: Site) -> Site:
    with write_transaction() as session:
        return add_site(session, "Wide", [WILDCARD])


def post(
    client: FlaskClient, site: Site, page: str, address: str = "192.0.2.7", **headers: str
) -> TestResponse:
    return client.post(
        "/api/v1/submissions",
        data=json.dumps(body_for(site, page__url=page)),
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )


def reason(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.data)["type"].rpartition("/")[2]


@pytest.mark.parametrize(
    "origin",
    [
        "https://news.example.evil.example",
        "https://evil-news.example",
        "https://news.example:444",
        "http://news.example",
        "https://sub.news.example",
        "null",
        "chrome-extension://abcdef",
        "https://",
        "news.example",
    ],
)
def test_other_origins_are_refused(client: FlaskClient, site: Site, origin: str) -> None:
    answer = post(client, site, f"{ORIGIN}/a", Origin=origin)

    assert reason(answer) == (403, "origin-not-allowed")


@pytest.mark.parametrize("host", ["a.wide.example", "a.b.wide.example"])
def test_wildcards_allow_subdomains(client: FlaskClient, wide: Site, host: str) -> None:
    assert post(client, wide, f"https://{host}/a", Origin=f"https://{host}").status_code == 201


@pytest.mark.parametrize("host", ["wide.example", "evilwide.example", "a.wide.example.evil.test"])
def test_wildcards_allow_nothing_else(client: FlaskClient, wide: Site, host: str) -> None:
    answer = post(client, wide, f"https://{host}/a", Origin=f"https://{host}")

    assert reason(answer) == (403, "origin-not-allowed")


def test_a_referrer_serves_where_there_is_no_origin(client: FlaskClient, site: Site) -> None:
    assert post(client, site, f"{ORIGIN}/a", Referer=f"{ORIGIN}/a?b=c").status_code == 201
    answer = post(client, site, f"{ORIGIN}/a", Referer="https://evil.example/")
    assert reason(answer) == (403, "origin-not-allowed")


def test_the_page_decides_where_a_browser_names_neither(client: FlaskClient, site: Site) -> None:
    assert post(client, site, f"{ORIGIN}/a").status_code == 201
    assert reason(post(client, site, "https://evil.example/")) == (403, "page-not-allowed")


def test_an_allowed_origin_does_not_speak_for_another_sites_page(
    client: FlaskClient, site: Site
) -> None:
    answer = post(client, site, "https://evil.example/", Origin=ORIGIN)

    assert reason(answer) == (403, "page-not-allowed")


def test_a_site_may_take_reports_from_sandboxed_frames(client: FlaskClient, site: Site) -> None:
    with write_transaction() as session:
        change_site(session.get_one(Site, site.id), null_origin=True)

    assert post(client, site, f"{ORIGIN}/a", Origin="null").status_code == 201
    answer = post(client, site, "https://evil.example/", Origin="null")
    assert reason(answer) == (403, "page-not-allowed")
    assert reason(post(client, site, f"{ORIGIN}/a", Origin="https://evil.example"))[0] == 403


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("192.0.2.0/24", "192.0.2.200"),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.0/24", "::ffff:192.0.2.7"),
        ("2001:db8::/32", "2001:db8:1:2::3"),
    ],
)
def test_a_blocked_network_is_refused(
    client: FlaskClient, site: Site, pattern: str, address: str
) -> None:
    with write_transaction() as session:
        add_block(session, session.get_one(Site, site.id), "network", pattern)

    assert reason(post(client, site, f"{ORIGIN}/a", address)) == (403, "network-blocked")
    assert post(client, site, f"{ORIGIN}/a", "198.51.100.1").status_code == 201
    assert post(client, site, f"{ORIGIN}/b", "2001:db9::1").status_code == 201


def test_a_block_of_one_site_is_none_of_another(
    client: FlaskClient, site: Site, wide: Site, submit: Submit
) -> None:
    with write_transaction() as session:
        add_block(session, session.get_one(Site, wide.id), "network", "127.0.0.0/8")

    assert submit().status_code == 201
