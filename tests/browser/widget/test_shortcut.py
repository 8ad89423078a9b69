"""Ctrl+Enter and Cmd+Enter: on every keyboard, and never where the key belongs to someone else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, expect

Publish = Callable[..., str]
Select = Callable[[str], None]

QUIET_MS = 400


def press(page: Page, **init: object) -> None:
    """A key as the browser reports it, for keyboards that no test machine has."""
    page.evaluate(
        """(init) => document.body.dispatchEvent(new KeyboardEvent("keydown",
             { bubbles: true, composed: true, cancelable: true, ...init }))""",
        init,
    )


def expect_nothing(page: Page, dialog: Locator, note: Locator) -> None:
    page.wait_for_timeout(QUIET_MS)
    expect(dialog).to_have_count(0)
    expect(note).to_have_count(0)


@pytest.mark.parametrize("keys", ["Control+Enter", "Meta+Enter", "Control+NumpadEnter"])
def test_shortcut_opens_the_dialog(
    page: Page, publish: Publish, select: Select, dialog: Locator, keys: str
) -> None:
    page.goto(publish())
    select("recieve")
    page.keyboard.press(keys)

    expect(dialog.locator("mark")).to_have_text("recieve")


@pytest.mark.parametrize(
    "key",
    [
        {"key": "Enter", "code": ""},
        {"key": "Enter", "code": "KeyM"},
        {"key": "Unidentified", "code": "Enter"},
    ],
    ids=["no position", "another position", "no value"],
)
def test_either_value_or_position_of_the_key_is_enough(
    page: Page, publish: Publish, select: Select, dialog: Locator, key: dict[str, str]
) -> None:
    page.goto(publish())
    select("recieve")
    press(page, ctrlKey=True, **key)

    expect(dialog).to_be_visible()


@pytest.mark.parametrize(
    "key",
    [
        {"key": "Enter"},
        {"key": "Enter", "ctrlKey": True, "shiftKey": True},
        {"key": "Enter", "ctrlKey": True, "altKey": True},
        {"key": "Enter", "ctrlKey": True, "isComposing": True},
        {"key": "Process", "code": "Enter", "ctrlKey": True, "keyCode": 229},
        {"key": "Enter", "ctrlKey": True, "repeat": True},
        {"key": "e", "code": "KeyE", "ctrlKey": True},
    ],
    ids=["no Ctrl", "Shift", "AltGr", "composing", "composing in Safari", "held", "another key"],
)
def test_other_keys_are_left_alone(
    page: Page,
    publish: Publish,
    select: Select,
    dialog: Locator,
    note: Locator,
    key: dict[str, object],
) -> None:
    page.goto(publish())
    select("recieve")
    press(page, **key)

    expect_nothing(page, dialog, note)


EDITORS = {
    "input": "<input id=editor value=words>",
    "textarea": "<textarea id=editor>words</textarea>",
    "select": "<select id=editor><option>words</select>",
    "contenteditable": "<div contenteditable><p>Before</p><b id=editor tabindex=0>words</b></div>",
    "plain text editor": "<div id=editor contenteditable=plaintext-only>words</div>",
    "textbox role": "<div id=editor role=textbox tabindex=0>words</div>",
    "open shadow root": "<x-field id=editor></x-field>",
}


@pytest.mark.parametrize("body", EDITORS.values(), ids=EDITORS.keys())
def test_shortcut_belongs_to_fields_and_editors(
    page: Page, publish: Publish, dialog: Locator, note: Locator, body: str
) -> None:
    page.goto(publish(f"<article><p>Some text.</p>{body}</article>"))
    page.evaluate(
        """() => customElements.define("x-field", class extends HTMLElement {
             constructor() { super(); this.attachShadow({ mode: "open", delegatesFocus: true })
               .append(document.createElement("input")); } })"""
    )
    page.locator("#editor").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+Enter")

    expect_nothing(page, dialog, note)


def test_shortcut_belongs_to_a_page_in_design_mode(
    page: Page, publish: Publish, select: Select, dialog: Locator, note: Locator
) -> None:
    page.goto(publish())
    page.evaluate("document.designMode = 'on'")
    select("recieve")
    page.keyboard.press("Control+Enter")

    expect_nothing(page, dialog, note)


HANDLERS = {
    "on the document": "document.addEventListener('keydown', (event) => event.preventDefault())",
    "on the window, later than ours": (
        "window.addEventListener('keydown', (event) => event.preventDefault())"
    ),
    "by stopping it": "document.addEventListener('keydown', (event) => event.stopPropagation())",
}


@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS.keys())
def test_key_that_the_page_handled_is_left_alone(
    page: Page, publish: Publish, select: Select, dialog: Locator, note: Locator, handler: str
) -> None:
    page.goto(publish())
    page.evaluate(handler)
    select("recieve")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("a")

    expect_nothing(page, dialog, note)


@pytest.mark.parametrize("control", ["#link", "#button"])
def test_key_on_a_link_or_button_keeps_its_meaning(
    page: Page, publish: Publish, dialog: Locator, note: Locator, control: str
) -> None:
    page.goto(publish())
    page.locator(control).focus()
    page.keyboard.press("Control+Enter")

    expect_nothing(page, dialog, note)


def test_no_selection_gives_a_hint(page: Page, publish: Publish, note: Locator) -> None:
    page.goto(publish())
    page.keyboard.press("Control+Enter")

    expect(note).to_contain_text("Select the text with the mistake first, then press Ctrl+Enter.")


def test_note_goes_when_it_is_closed(page: Page, publish: Publish, note: Locator) -> None:
    page.goto(publish())
    page.keyboard.press("Control+Enter")
    note.get_by_role("button", name="Close").click()

    expect(note).to_have_count(0)


@pytest.mark.parametrize(
    ("attributes", "words", "said"),
    [
        ('data-max="10"', "begun to recieve", r"too long: the limit is 10 characters"),
        ('data-min="3"', "to", r"too short"),
        ('data-article="article"', "Nothing here", r"does not take reports"),
        ('data-exclude="#first, .other"', "recieve", r"does not take reports"),
    ],
)
def test_selection_that_cannot_be_reported_says_why(
    page: Page,
    publish: Publish,
    select: Select,
    note: Locator,
    attributes: str,
    words: str,
    said: str,
) -> None:
    page.goto(publish(attributes=attributes))
    select(words)
    page.keyboard.press("Control+Enter")

    expect(note).to_have_text(re.compile(said))


def test_triple_click_on_the_last_paragraph_of_the_article_is_inside_it(
    page: Page, publish: Publish, dialog: Locator
) -> None:
    body = "<article><p id=last>All of this paragraf.</p></article><p>Outside.</p>"
    page.goto(publish(body, attributes='data-article="article"'))
    page.locator("#last").click(click_count=3)
    page.keyboard.press("Control+Enter")

    expect(dialog.locator("mark")).to_have_text("All of this paragraf.")


def test_selection_that_ends_outside_the_article_is_not_here(
    page: Page, publish: Publish, note: Locator
) -> None:
    body = "<article><p id=last>Within.</p></article><p id=after>Outside.</p>"
    page.goto(publish(body, attributes='data-article="article"'))
    page.evaluate(
        """() => getSelection().setBaseAndExtent(document.querySelector("#last").firstChild, 0,
             document.querySelector("#after").firstChild, 4)"""
    )
    page.keyboard.press("Control+Enter")

    expect(note).to_contain_text("does not take reports")


def test_page_may_cancel_the_dialog(
    page: Page, publish: Publish, select: Select, dialog: Locator, note: Locator
) -> None:
    page.goto(publish())
    page.evaluate(
        """() => document.addEventListener("copydesk:open", (event) => {
             window.reported = event.detail.exact; event.preventDefault(); })"""
    )
    select("recieve")
    page.keyboard.press("Control+Enter")

    page.wait_for_function("window.reported === 'recieve'")
    expect_nothing(page, dialog, note)


def test_dialog_is_fetched_on_the_first_meaningful_selection_and_not_before(
    page: Page, publish: Publish, select: Select, requests: list[Request]
) -> None:
    page.goto(publish(attributes='data-article="article"'))
    page.mouse.move(300, 100)
    page.mouse.wheel(0, 100)
    select("Nothing here")
    page.locator("#field input").select_text()
    page.wait_for_timeout(QUIET_MS)
    assert [request.resource_type for request in requests] == ["document", "script"]

    with page.expect_request_finished(lambda request: request.url.endswith("/en.js")):
        select("recieve")
    files = [request.url.rsplit("/", 1)[1] for request in requests[2:]]
    assert files == ["dialog.js", "en.js"]
