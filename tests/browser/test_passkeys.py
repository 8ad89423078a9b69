"""A passkey is added and logs in, with the browser's own virtual authenticator (WebAuthn)."""

from __future__ import annotations

import pytest
from browsing import log_in
from live_server import EDITOR, LiveServer
from playwright.sync_api import BrowserContext, Page, expect

AUTHENTICATOR = {
    "protocol": "ctap2",
    # Of the device itself, as a fingerprint reader is.
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(context: BrowserContext, server: LiveServer) -> Page:
    """A browser of a device with a fingerprint reader, in which the editor is logged in."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    log_in(page, server.url, EDITOR, server.password)
    return page


def log_out(page: Page) -> None:
    page.locator("summary").click()
    page.get_by_role("button", name="Log out").click()


def add_passkey(page: Page, server: LiveServer, name: str) -> None:
    page.goto(f"{server.url}/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this passkey").fill(name)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()


def test_passkey_is_added_logs_in_and_is_removed(page: Page, server: LiveServer) -> None:
    add_passkey(page, server, "Work laptop")
    log_out(page)

    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_role("heading", name="Open reports")).to_be_visible()
    page.goto(f"{server.url}/account")
    page.get_by_role("button", name="Remove Work laptop").click()
    log_out(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("Unregistered passkey.")).to_be_visible()


def test_passkey_proves_again_who_it_is(page: Page, server: LiveServer) -> None:
    add_passkey(page, server, "Phone")
    page.goto(f"{server.url}/wan-verify?next=/account")
    expect(page.get_by_role("heading", name="Prove it with a passkey")).to_be_visible()

    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
