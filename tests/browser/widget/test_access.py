"""Nothing that axe finds: in every state, light and dark, both directions, forced colours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Publish = Callable[..., str]
Select = Callable[[str], None]

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
PAGE = (
    "<main><h1>The harbour</h1><article><p>They <b>recieve</b> letters.</p></article>"
    "<copydesk-hint></copydesk-hint></main>"
)
# The colours of a page are the page's: only what we show is judged.
RUN = """() => axe.run({ include: [["copydesk-widget"]] }, { resultTypes: ["violations"] }).then(
  ({ violations, passes }) => ({ checks: passes.length, violations: violations.map((rule) =>
    `${rule.id}: ${rule.nodes.map((node) => node.target + " " + node.failureSummary)}`) }))"""


def expect_nothing_found(page: Page) -> None:
    # A policy-free page of our own: what axe adds to it matters to nobody.
    page.add_script_tag(path=AXE)
    found = page.evaluate(RUN)
    assert found["violations"] == []
    assert found["checks"] > 0


@pytest.fixture(params=LOOKS.values(), ids=LOOKS.keys())
def look(page: Page, request: pytest.FixtureRequest) -> None:
    page.emulate_media(reduced_motion="reduce", **request.param)


@pytest.mark.usefixtures("look")
@pytest.mark.parametrize("accent", ["", "#ffb000", "#7a1f1f", "hsl(200 90% 45%)"])
def test_dialog_with_all_fields_and_an_error(
    page: Page, publish: Publish, select: Select, accent: str
) -> None:
    page.goto(publish(PAGE, attributes=f'data-ask-email data-accent="{accent}"'))
    select("recieve")
    page.keyboard.press("Control+Enter")
    page.get_by_label("Your e-mail").fill("nobody")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("e-mail")

    expect_nothing_found(page)


@pytest.mark.usefixtures("look")
def test_dialog_from_right_to_left(page: Page, publish: Publish, select: Select) -> None:
    page.goto(publish(PAGE, lang="he"))
    page.evaluate("document.documentElement.dir = 'rtl'")
    select("recieve")
    page.keyboard.press("Control+Enter")
    expect(page.locator("copydesk-widget dialog")).to_be_visible()

    expect_nothing_found(page)


@pytest.mark.usefixtures("look")
def test_note_and_corner_button(page: Page, publish: Publish) -> None:
    page.goto(publish(PAGE, attributes="data-button=bottom-right"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Select the text")
    expect(page.get_by_role("button", name="Report a mistake")).to_be_visible()

    expect_nothing_found(page)


@pytest.mark.usefixtures("look")
def test_button_at_a_touch_selection(page: Page, publish: Publish) -> None:
    page.goto(publish(PAGE))
    page.evaluate("dispatchEvent(new PointerEvent('pointerdown', { pointerType: 'touch' }))")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('b'))")
    expect(page.get_by_role("button", name="Report a mistake")).to_be_visible()

    expect_nothing_found(page)
