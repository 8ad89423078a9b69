"""What holds for every page of the dashboard: axe finds nothing, light and dark; it fits a window
of 320 px (WCAG 1.4.10); whoever tabs through it sees where they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import log_in, log_in_halfway
from every_page import HALFWAY, INSIDE, OUTSIDE, addresses
from live_server import LiveServer
from newsroom import CHIEF, GUARDED, PASSWORD, open_newsroom
from playwright.sync_api import Browser, BrowserContext, Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# All rules of WCAG 2.2 AA, with those that axe leaves off by default, and its best practices.
RUN = """() => axe.run(document, {
  resultTypes: ["violations"], rules: { "target-size": { enabled: true } },
}).then(({ violations, passes }) => ({
  checks: passes.length,
  violations: violations.map((rule) =>
    `${rule.id}: ${rule.nodes.map((node) => node.target + " " + node.failureSummary)}`),
}))"""
LOOKS: dict[str, dict[str, Any]] = {
    "desktop light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "phone dark": {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark"},
    "phone light Russian": {
        "viewport": {"width": 320, "height": 640},
        "color_scheme": "light",
        "locale": "ru-RU",
    },
    "desktop dark Russian": {
        "viewport": {"width": 1280, "height": 800},
        "color_scheme": "dark",
        "locale": "ru-RU",
    },
}
# What the focus is on and how that shows: an outline, or another look than before.
FOCUS = """() => {
  const seen = document.activeElement;
  // Within a frame the focus is the frame's own.
  if (seen === document.body || seen.tagName === "IFRAME") return null;
  const style = getComputedStyle(seen);
  const box = seen.getBoundingClientRect();
  return { what: seen.outerHTML.slice(0, 120),
           outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
           wide: box.width, high: box.height };
}"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveServer, Any]]:
    with open_newsroom(tmp_path_factory.mktemp("newsroom")) as (server, _newspaper, app):
        yield (
            server,
            {
                "outside": addresses(app, OUTSIDE),
                "halfway": addresses(app, HALFWAY),
                "inside": addresses(app, INSIDE),
            },
        )


def enter(context: BrowserContext, server: LiveServer) -> Page:
    """The chief logs in."""
    page = context.new_page()
    log_in(page, server.url, CHIEF, PASSWORD)
    return page


def findings(page: Page) -> list[str]:
    """What is wrong with a page: axe's violations, and whether it is wider than its window."""
    # As a tool of the browser: the page's policy allows no script but ours.
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN)
    assert found["checks"] > 5, page.url
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found["violations"], *([f"{wide} px too wide"] if wide > 0 else [])]


def told(found: dict[str, list[str]]) -> str:
    """What was found, a line for each."""
    return "\n".join(f"{name}: {wrong}" for name, each in found.items() for wrong in each)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_nothing_is_found_on_any_page(
    browser: Browser, newsroom: tuple[LiveServer, Any], look: dict[str, Any]
) -> None:
    server, paths = newsroom
    context = browser.new_context(**look, reduced_motion="reduce")
    outside = context.new_page()
    found: dict[str, list[str]] = {}
    for name, path in paths["outside"].items():
        outside.goto(server.url + path)
        found[name] = findings(outside)
    log_in_halfway(outside, server.url, GUARDED, PASSWORD)
    for name, path in paths["halfway"].items():
        outside.goto(server.url + path)
        # Who is not in the middle of a log-in is led away.
        assert path in outside.url
        found[name] = findings(outside)
    page = enter(context, server)
    for name, path in paths["inside"].items():
        page.goto(server.url + path)
        # Everything that is folded away is looked at too.
        page.evaluate(
            "document.querySelectorAll('main details').forEach((each) => { each.open = true; })"
        )
        found[name] = findings(page)
    context.close()

    assert told(found) == ""


def test_whoever_tabs_through_a_page_sees_where_they_are(
    browser: Browser, newsroom: tuple[LiveServer, Any]
) -> None:
    server, paths = newsroom
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = enter(context, server)
    unseen: dict[str, list[str]] = {}
    for name, path in paths["inside"].items():
        page.goto(server.url + path)
        for _ in range(60):
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            if focus is None:
                break
            if not focus["outlined"]:
                unseen.setdefault(name, []).append(focus["what"])
    context.close()

    assert told(unseen) == ""
