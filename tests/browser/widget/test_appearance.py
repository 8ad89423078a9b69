"""How the dialog looks: direction, sizes, motion, colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

Publish = Callable[..., str]
Select = Callable[[str], None]


def test_right_to_left_passage_keeps_its_direction(opened: Callable[..., Locator]) -> None:
    dialog = opened("שגיאה", body="<article><p lang=he dir=rtl>זו שגיאה קטנה.</p></article>")

    assert dialog.locator("blockquote").evaluate("it => getComputedStyle(it).direction") == "rtl"
    assert dialog.evaluate("it => getComputedStyle(it).direction") == "ltr"


def test_targets_are_large_enough(page: Page, opened: Callable[..., Locator]) -> None:
    dialog = opened(attributes="data-ask-email")
    targets = dialog.locator("button, input:not([hidden]), textarea").all()

    assert len(targets) == 5
    for target in targets:
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44


def test_everything_is_reached_at_400_percent(
    page: Page, opened: Callable[..., Locator], note: Locator
) -> None:
    # 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10).
    page.set_viewport_size({"width": 320, "height": 256})
    dialog = opened(body="<article><p>recieve</p></article>")
    assert dialog.evaluate("it => it.scrollWidth <= it.clientWidth")
    dialog.get_by_label("Comment for the editors").fill("still here")
    dialog.get_by_role("button", name="Send").click()

    expect(note).to_contain_text("Thank you!")


def test_text_size_is_the_readers_own(page: Page, opened: Callable[..., Locator]) -> None:
    dialog = opened(head="<style>html { font-size: 62.5% } body { font-size: 2rem }</style>")

    assert dialog.evaluate("it => getComputedStyle(it).fontSize") == "16px"


def test_motion_is_reduced_on_request(page: Page, opened: Callable[..., Locator]) -> None:
    page.emulate_media(reduced_motion="reduce")
    dialog = opened()

    assert dialog.evaluate("it => getComputedStyle(it).animationName") == "none"


@pytest.mark.parametrize(
    ("declared", "reader", "dark"),
    [("", "light", False), ("", "dark", True), ("light", "dark", False), ("dark", "light", True)],
    ids=["light reader", "dark reader", "light page", "dark page"],
)
def test_colours_follow_the_page_else_the_reader(
    page: Page, opened: Callable[..., Locator], declared: str, reader: Any, dark: bool
) -> None:
    page.emulate_media(color_scheme=reader)
    dialog = opened(head=f"<style>:root {{ color-scheme: {declared} }}</style>")

    background = dialog.evaluate("it => getComputedStyle(it).backgroundColor")
    assert (background != "rgb(255, 255, 255)") == dark
