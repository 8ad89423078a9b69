"""First run in a real browser: from the printed address to the first report, and nothing that axe
finds on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Newspaper
from live_server import LiveServer
from playwright.sync_api import BrowserContext, Page, expect

from server.demo.article import render_article

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
OWNER, PASSWORD = "first@news.example", "a long password for tests"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[LiveServer]:
    """A server without sites and accounts."""
    live = LiveServer(tmp_path / "var", "", inhabited=False)
    live.start()
    yield live
    live.stop()


def expect_nothing_found(page: Page) -> None:
    # As a tool of the browser: the page's policy allows no script but ours.
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document).then(({ violations }) => violations.map((v) => v.id))")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_first_run_from_the_printed_address_to_the_first_report(
    context: BrowserContext, empty: LiveServer, newspaper: Newspaper
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 780})
    # What fades in has the contrast of its end.
    page.emulate_media(reduced_motion="reduce")
    address = empty.command("setup-token").strip()
    assert address in empty.log.read_text()
    page.goto(address)
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The password again").fill(PASSWORD)
    expect_nothing_found(page)
    page.get_by_role("button", name="Make the account").click()

    page.get_by_label("Name").fill("The News")
    page.get_by_label("Where its articles live").fill(newspaper.origin)
    expect_nothing_found(page)
    page.get_by_role("button", name="Add the site").click()

    expect(page.get_by_text("Waiting for the first report")).to_be_visible()
    expect_nothing_found(page)
    tag = page.locator("#tag").inner_text()
    article = newspaper.serve("/first-run", render_article(tag))
    reader = context.new_page()
    reader.goto(article)
    # The page looks again by itself.
    expect(page.get_by_text(f"The tag was seen on {newspaper.origin}")).to_be_visible(
        timeout=30_000
    )
    key = tag.split("/w/")[1].split(".js")[0]
    body = {
        "site": key,
        "idempotency_key": "first-run-0123456789",
        "page": {"url": article},
        "selector": {"exact": "recieve"},
        "passage": {"before": "begun to ", "after": " letters."},
    }
    assert empty.post(body, newspaper.origin)[0] == 201

    expect(page.get_by_text("first report!")).to_be_visible(timeout=30_000)
    expect_nothing_found(page)
    page.get_by_role("link", name="Open it").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
