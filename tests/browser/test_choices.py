"""Notifications, recipients and rules in a real browser: nothing that axe finds, and no script is
needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_server import LiveServer
from playwright.sync_api import Browser, Page, expect

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
OWNER, PASSWORD = "owner-of-choices@news.example", "a long password for tests"
RUN = """() => axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations, passes }) => ({ checks: passes.length, violations: violations.map((rule) =>
    `${rule.id}: ${rule.nodes.map((node) => node.target + " " + node.failureSummary)}`) }))"""


@pytest.fixture(scope="module")
def owned(server: LiveServer) -> LiveServer:
    server.command(
        "users", "add", OWNER, "--site", "The News", "--role", "owner", "--password", PASSWORD
    )
    return server


@pytest.fixture(params=["light", "dark"])
def phone(browser: Browser, owned: LiveServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone without scripts, on which the owner is logged in."""
    context = browser.new_context(
        viewport={"width": 390, "height": 780},
        color_scheme=request.param,
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(f"{owned.url}/login")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    yield page
    context.close()


def expect_nothing_found(page: Page) -> None:
    # Scripts of the page are off; the browser's own tools still work.
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN)
    assert found["violations"] == []
    assert found["checks"] > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_member_chooses_and_owner_sets_rules(phone: Page, owned: LiveServer) -> None:
    phone.goto(f"{owned.url}/notifications")
    phone.get_by_label("When").select_option("daily")
    phone.get_by_label("Time zone").fill("Nowhere")
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")
    expect_nothing_found(phone)
    phone.get_by_label("Time zone").fill("Europe/Berlin")
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_text("Saved for The News.")).to_be_visible()

    phone.get_by_role("link", name="Recipients and rules").click()
    phone.get_by_text("Add a rule").click()
    phone.get_by_label("Section").fill("sport")
    phone.get_by_label("Send to").fill("desk@news.example")
    phone.get_by_role("button", name="Add the rule").click()
    expect(phone.get_by_text("The rule was added.")).to_be_visible()
    for summary in ("Add a recipient", "Add a rule", "Add an author"):
        phone.get_by_text(summary).click()
    expect_nothing_found(phone)
    phone.get_by_role("button", name="Remove rule 1").click()
    expect(phone.get_by_text("The rule was removed.")).to_be_visible()
