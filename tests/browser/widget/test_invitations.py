"""The line at the article's foot and the corner button: there only where the owner wants them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

Publish = Callable[..., str]
Select = Callable[[str], None]

LINE = "Found a spelling error? Select it and press Ctrl+Enter."
TALL = "<article><p>They recieve letters.</p></article><div style='height: 5000px'></div>"


@pytest.mark.parametrize("place", ["<copydesk-hint></copydesk-hint>", "<p data-hint></p>"])
def test_hint_says_what_to_do(page: Page, publish: Publish, place: str) -> None:
    page.goto(publish(f"<article>Text</article><footer>{place}</footer>"))

    expect(page.locator("footer")).to_have_text(LINE)


def test_hint_is_fetched_when_it_comes_near_and_the_dialog_is_not(
    page: Page, publish: Publish, requests: list[Request]
) -> None:
    page.goto(publish(f"{TALL}<copydesk-hint></copydesk-hint>"))
    page.wait_for_timeout(500)
    assert len(requests) == 2

    page.mouse.wheel(0, 6000)
    expect(page.locator("copydesk-hint")).to_have_text(LINE)
    files = [request.url.rsplit("/", 1)[1] for request in requests[2:]]
    assert files == ["invitation.js", "en.js"]


def test_hint_moves_nothing_that_is_in_view(page: Page, publish: Publish) -> None:
    page.add_init_script(
        """window.shift = 0; new PerformanceObserver((list) => {
             for (const entry of list.getEntries()) shift += entry.value;
           }).observe({ type: "layout-shift", buffered: true })"""
    )
    page.goto(publish(f"{TALL}<copydesk-hint></copydesk-hint><footer>Imprint</footer>"))
    for _ in range(30):
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(30)
    expect(page.locator("copydesk-hint")).to_be_in_viewport()

    assert page.evaluate("shift") == 0


def test_hint_that_a_program_adds_later_is_filled(page: Page, publish: Publish) -> None:
    page.goto(publish())
    page.evaluate("document.body.append(document.createElement('copydesk-hint'))")
    expect(page.locator("copydesk-hint")).to_have_text(LINE)
    page.evaluate(
        """() => { const place = document.createElement("p"); place.dataset.hint = "";
             document.body.append(place); copydesk.configure(); }"""
    )

    expect(page.locator("p[data-hint]")).to_have_text(LINE)


def test_hint_names_the_keys_of_a_mac(page: Page, publish: Publish) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'platform', { value: 'MacIntel' })")
    page.goto(publish("<copydesk-hint></copydesk-hint>"))

    expect(page.locator("copydesk-hint")).to_contain_text("⌘+")


def test_hint_speaks_of_touch_where_there_is_no_mouse(browser: Browser, publish: Publish) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(publish("<copydesk-hint></copydesk-hint>"))

    expect(page.locator("copydesk-hint")).to_have_text(
        "Found a spelling error? Select it and tap “Report a mistake”."
    )
    context.close()


def test_owner_words_and_icon(page: Page, publish: Publish) -> None:
    pixel = "data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs="
    page.goto(
        publish(
            "<copydesk-hint></copydesk-hint>",
            attributes=f'data-hint="Mistake? {{keys}}!" data-hint-icon="{pixel}"',
        )
    )
    expect(page.locator("copydesk-hint")).to_have_text("Mistake? Ctrl+Enter!")
    expect(page.locator("copydesk-hint img")).to_have_attribute("alt", "")

    page.evaluate("(image) => copydesk.configure({ hintImage: image })", pixel)
    expect(page.get_by_role("img", name="Mistake? Ctrl+Enter!")).to_be_attached()


def test_words_of_the_page_come_back_when_the_widget_goes(page: Page, publish: Publish) -> None:
    page.goto(publish("<copydesk-hint>Press <kbd>Ctrl+Enter</kbd></copydesk-hint>"))
    expect(page.locator("copydesk-hint")).to_have_text(LINE)
    page.evaluate("copydesk.destroy()")

    expect(page.locator("copydesk-hint kbd")).to_have_text("Ctrl+Enter")


@pytest.mark.parametrize("corner", ["bottom-right", "bottom-left", "top-right", "top-left"])
def test_corner_button_stands_where_the_owner_wants_it(
    page: Page, publish: Publish, corner: str
) -> None:
    page.goto(publish(attributes=f"data-button={corner}"))
    button = page.get_by_role("button", name="Report a mistake")
    expect(button).to_be_visible()
    box = button.bounding_box()
    size = page.viewport_size
    assert box
    assert size

    assert (box["y"] < size["height"] / 2) == corner.startswith("top")
    assert (box["x"] < size["width"] / 2) == corner.endswith("left")


def test_corner_button_keeps_the_selection_and_opens_the_dialog(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    page.goto(publish(attributes="data-button=bottom-right"))
    select("recieve")
    page.get_by_role("button", name="Report a mistake").click()

    expect(dialog.locator("mark")).to_have_text("recieve")


def test_corner_button_without_selection_says_what_to_do(
    page: Page, publish: Publish, note: Locator
) -> None:
    page.goto(publish(attributes="data-button=bottom-right"))
    page.get_by_role("button", name="Report a mistake").click()

    expect(note).to_contain_text("Select the text with the mistake first")


def test_corner_button_is_off_by_default_and_by_name(page: Page, publish: Publish) -> None:
    page.goto(publish(attributes="data-button=off"))
    page.wait_for_timeout(500)

    expect(page.locator("copydesk-widget")).to_have_count(0)
