"""The reader's language: chosen in order, and English where a file is missing or broken."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

Publish = Callable[..., str]
Select = Callable[[str], None]

TITLES = {"en": "Spelling error report"}
FRENCH = "**/locale/fr.js"


def open_dialog(page: Page, select: Select) -> None:
    select("recieve")
    page.keyboard.press("Control+Enter")


@pytest.mark.parametrize(
    ("attributes", "lang", "browser_language", "chosen"),
    [
        ("data-lang=fr", "de", "it", "fr"),
        ("", "de-AT", "it", "de"),
        ("data-lang=tlh", "tlh", "it-IT", "it"),
        ("", "", "pt-BR", "pt-BR"),
        ("", "zh-TW", "en", "zh-Hant"),
        ("", "he", "en", "he"),
        ("", "tlh", "tlh", "en"),
    ],
)
def test_language_is_the_owners_then_the_pages_then_the_browsers(
    browser: Browser,
    publish: Publish,
    attributes: str,
    lang: str,
    browser_language: str,
    chosen: str,
) -> None:
    context = browser.new_context(locale=browser_language)
    page = context.new_page()
    page.goto(publish(attributes=attributes, lang=lang))
    page.evaluate("copydesk.open()")
    expect(page.get_by_role("status")).not_to_be_empty()

    assert page.locator("copydesk-widget").get_attribute("lang") == chosen
    context.close()


@pytest.mark.parametrize(
    "answer",
    [
        lambda route: route.fulfill(status=404),
        lambda route: route.fulfill(body="export default [", content_type="text/javascript"),
        lambda route: route.abort("failed"),
    ],
    ids=["missing", "broken", "not reached"],
)
def test_missing_or_broken_file_gives_english(
    page: Page,
    publish: Publish,
    select: Select,
    dialog: Locator,
    answer: Callable[[Route], None],
) -> None:
    page.route(FRENCH, answer)
    page.goto(publish(lang="fr"))
    open_dialog(page, select)

    expect(dialog.get_by_role("heading")).to_have_text("Spelling error report")


def test_dialog_is_never_blank_even_without_any_file(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    page.route("**/locale/*.js", lambda route: route.abort("failed"))
    page.goto(publish())
    open_dialog(page, select)

    expect(dialog.get_by_role("heading")).not_to_be_empty()
    expect(dialog.get_by_role("button", name="send")).to_be_visible()


def test_right_to_left_language_turns_the_dialog(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    page.goto(publish(lang="ar"))
    open_dialog(page, select)

    expect(dialog).to_have_css("direction", "rtl")
    send = dialog.locator(".go").bounding_box()
    box = dialog.bounding_box()
    assert send
    assert box
    assert send["x"] < box["x"] + box["width"] / 2


def test_single_page_application_that_changes_its_language_is_followed(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    page.goto(publish(lang="fr"))
    open_dialog(page, select)
    expect(dialog.get_by_role("button", name="Annuler")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("document.documentElement.lang = 'de'")
    open_dialog(page, select)

    expect(dialog.get_by_role("button", name="Abbrechen")).to_be_visible()
    assert page.locator("copydesk-widget").get_attribute("lang") == "de"
