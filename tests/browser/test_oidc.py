"""Log-in by OpenID Connect in a real browser: its rules for cookies and for where forms may lead
are the browser's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_server import LiveServer
from oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from playwright.sync_api import Page, expect


@pytest.fixture
def server(tmp_path: Path, provider: OidcProvider) -> Iterator[LiveServer]:
    live = LiveServer(
        tmp_path / "var",
        "https://news.example",
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_name="The House",
    )
    live.start()
    yield live
    live.stop()


def test_one_button_leads_to_the_provider_and_back_to_where_one_wanted_to_go(
    page: Page, server: LiveServer, provider: OidcProvider
) -> None:
    page.goto(f"{server.url}/deliveries")
    page.get_by_role("button", name="Log in with The House").click()

    expect(page).to_have_url(f"{server.url}/deliveries")
    expect(page.locator("details.account")).to_be_visible()
    assert len(provider.asked) == 1
