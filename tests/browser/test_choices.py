"""Notifications, recipients and rules in a real browser: nothing that axe finds, and no script is
needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import OWNER, PASSWORD, log_in
from live_server import LiveServer
from playwright.sync_api import BrowserContext, Page, expect

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations, passes }) => ({ checks: passes.length, violations: violations.map((rule) =>
    `${rule.id}: ${rule.nodes.map((node) => node.target + " " + node.failureSummary)}`) }))"""


def expect_nothing_found(page: Page) -> None:
    # As a tool of the browser: the page's policy allows no script but ours.
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN)
    assert found["violations"] == []
    assert found["checks"] > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_member_chooses_and_owner_sets_rules_without_scripts(
    scriptless: Page, owned: LiveServer
) -> None:
    page = scriptless
    page.goto(f"{owned.url}/notifications")
    page.get_by_label("When", exact=True).select_option("daily")
    page.get_by_label("Time zone").fill("Nowhere")
    page.get_by_role("button", name="Save for The News").click()
    expect(page.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_role("button", name="Save for The News").click()
    expect(page.get_by_text("Saved for The News.")).to_be_visible()

    page.get_by_role("link", name="Recipients and rules").click()
    page.get_by_text("Add a rule").click()
    page.get_by_label("Section").fill("sport")
    page.get_by_label("Send to").fill("desk@news.example")
    page.get_by_role("button", name="Add the rule").click()
    expect(page.get_by_text("The rule was added.")).to_be_visible()
    page.get_by_role("button", name="Remove rule 1").click()
    expect(page.get_by_text("The rule was removed.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_found_on_a_phone(
    context: BrowserContext, owned: LiveServer, scheme: str
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 780})
    page.emulate_media(color_scheme=scheme)
    log_in(page, owned.url, OWNER, PASSWORD)
    page.goto(f"{owned.url}/notifications")
    page.get_by_label("Time zone").fill("Nowhere")
    page.get_by_role("button", name="Save for The News").click()
    expect(page.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")
    expect_nothing_found(page)

    page.get_by_role("link", name="Recipients and rules").click()
    for summary in ("Add a recipient", "Add a rule", "Add an author"):
        page.get_by_text(summary).click()
    expect_nothing_found(page)
