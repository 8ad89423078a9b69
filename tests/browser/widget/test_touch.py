"""Touch and pen: a button at the selection, out of the way of the words and of the system."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browsing import PATIENCE_MS
from playwright.sync_api import Browser, Locator, Page, Request, expect

Publish = Callable[..., str]

SELECT = """([selector, from, to]) => {
  const node = document.querySelector(selector).firstChild;
  getSelection().setBaseAndExtent(node, from, node, to);
}"""
SELECTED = "(() => { const r = getSelection().getRangeAt(0).getBoundingClientRect(); return r; })()"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def offer(page: Page) -> Locator:
    return page.get_by_role("button", name="Report a mistake")


def select_by_touch(page: Page, selector: str, start: int, end: int) -> None:
    """Touch the words, then select as the system's handles do: without pointer events."""
    page.locator(selector).tap()
    page.evaluate(SELECT, [selector, start, end])


def box_of(locator: Locator) -> dict[str, float]:
    box = locator.bounding_box()
    assert box
    return dict(box)


def test_button_stands_below_the_selection_and_its_handles(
    page: Page, publish: Publish, offer: Locator
) -> None:
    page.goto(publish())
    select_by_touch(page, "#second", 14, 20)
    expect(offer).to_be_visible()

    words, button = page.evaluate(SELECTED), box_of(offer)
    assert button["y"] >= words["bottom"] + 32
    assert button["height"] >= 44
    assert button["x"] >= 0
    assert button["x"] + button["width"] <= 360


def test_button_stands_above_the_menu_where_no_room_is_below(
    page: Page, publish: Publish, offer: Locator
) -> None:
    page.goto(publish("<div style='height: 590px'></div><p id=low>They recieve letters.</p>"))
    select_by_touch(page, "#low", 5, 12)
    expect(offer).to_be_visible()

    words, button = page.evaluate(SELECTED), box_of(offer)
    assert button["y"] + button["height"] <= words["top"] - 56
    assert button["y"] >= 0


def test_button_leaves_the_menu_its_room_below_a_selection_at_the_top(
    page: Page, publish: Publish, offer: Locator
) -> None:
    page.goto(publish("<style>body { margin: 0 }</style><p id=high>They recieve letters.</p>"))
    select_by_touch(page, "#high", 5, 12)
    expect(offer).to_be_visible()

    assert box_of(offer)["y"] >= page.evaluate(SELECTED)["bottom"] + 96


def test_button_scrolls_with_the_words(page: Page, publish: Publish, offer: Locator) -> None:
    page.goto(publish("<p id=first>They recieve letters.</p><div style='height: 3000px'></div>"))
    select_by_touch(page, "#first", 5, 12)
    expect(offer).to_be_visible()
    gap = box_of(offer)["y"] - page.evaluate(SELECTED)["bottom"]
    page.evaluate("scrollTo(0, 30)")

    assert box_of(offer)["y"] - page.evaluate(SELECTED)["bottom"] == pytest.approx(gap, abs=1)


def test_tap_reports_even_where_the_tap_takes_the_selection_away(
    page: Page, publish: Publish, offer: Locator, dialog: Locator, note: Locator
) -> None:
    page.goto(publish())
    # As Safari does on a tap.
    page.evaluate(
        "addEventListener('touchend', () => getSelection().removeAllRanges(), { capture: true })"
    )
    select_by_touch(page, "#first", 25, 32)
    offer.tap()
    expect(dialog.locator("mark")).to_have_text("recieve")
    expect(offer).to_have_count(0)
    dialog.get_by_role("button", name="Send").tap()

    expect(note).to_contain_text("Thank you!")
    page.wait_for_timeout(500)
    expect(offer).to_have_count(0)


def test_button_goes_with_the_selection(page: Page, publish: Publish, offer: Locator) -> None:
    page.goto(publish())
    select_by_touch(page, "#first", 25, 32)
    expect(offer).to_be_visible()
    page.evaluate("getSelection().removeAllRanges()")

    expect(offer).to_have_count(0)


@pytest.mark.parametrize(
    ("attributes", "selector"),
    [("data-touch=off", "#first"), ("data-article=article", "#aside")],
    ids=["turned off", "outside the article"],
)
def test_no_button_where_the_owner_wants_none(
    page: Page, publish: Publish, offer: Locator, attributes: str, selector: str
) -> None:
    page.goto(publish(attributes=attributes))
    select_by_touch(page, selector, 0, 7)
    page.wait_for_timeout(600)

    expect(offer).to_have_count(0)


def test_no_button_in_editors(
    page: Page, publish: Publish, offer: Locator, requests: list[Request]
) -> None:
    page.goto(publish("<div id=editor contenteditable>Some words</div>"))
    select_by_touch(page, "#editor", 0, 4)
    page.wait_for_timeout(600)

    expect(offer).to_have_count(0)
    assert not any("dialog.js" in request.url for request in requests)


def test_pen_gets_the_button_and_mouse_does_not(
    page: Page, publish: Publish, offer: Locator
) -> None:
    page.goto(publish())
    for kind, count in (("mouse", 0), ("pen", 1)):
        page.evaluate(
            "(kind) => dispatchEvent(new PointerEvent('pointerdown', { pointerType: kind }))", kind
        )
        page.evaluate("getSelection().removeAllRanges()")
        page.evaluate(SELECT, ["#first", 25, 32])
        page.wait_for_timeout(600)
        expect(offer).to_have_count(count)
