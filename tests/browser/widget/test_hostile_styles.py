"""The page's style cannot reach in, and ours cannot leak out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

Publish = Callable[..., str]
Select = Callable[[str], None]

HOSTILE = {
    "everything unset": "* { all: unset !important }",
    "dialogs hidden": "dialog, [popover], ::backdrop { display: none !important }",
    "unknown elements hidden": (
        "html > :not(head, body), :not(:defined) { display: none !important }"
    ),
    "giant z-index": (
        "body::before { content: ''; position: fixed; inset: 0; z-index: 2147483647; opacity: .5 }"
        " * { z-index: 2147483647 !important }"
    ),
    "small root font": "html { font-size: 62.5% } body { font-size: 1.6rem }",
    "inherited nonsense": (
        "html { visibility: hidden; font: 40px/3 fantasy; text-transform: uppercase;"
        " letter-spacing: 1em; word-spacing: 2em; text-align: right; text-indent: 5em;"
        " white-space: pre; writing-mode: vertical-rl; cursor: none; pointer-events: none;"
        " user-select: none; color: red; -webkit-text-fill-color: lime; text-shadow: 0 0 9px;"
        " line-height: 9; direction: rtl; zoom: 1 } body { visibility: visible;"
        " pointer-events: auto; user-select: text }"
    ),
    "moved by transform": "html, body { transform: rotate(0deg); filter: blur(0); contain: paint }",
    "every element important": (
        "* { position: static !important; width: 3px !important; height: 3px !important;"
        " margin: 50px !important; opacity: .1 !important; transform: scale(.1) !important;"
        " font-size: 3px !important; color: red !important; direction: rtl !important;"
        " pointer-events: none !important; --accent: red !important }"
    ),
}

_LOOK = """(root) => [...root.querySelectorAll("*")].map((element) => {
  const style = getComputedStyle(element), look = {};
  for (const name of style) if (!/^--(?!accent)/.test(name)) look[name] = style[name];
  return [element.localName, look];
})"""


def look_of(dialog: Locator) -> list[Any]:
    """The computed style of the dialog and of everything in it, its place on the page aside."""
    found: list[Any] = dialog.evaluate(f"(it) => ({_LOOK})(it.getRootNode())")
    for _, look in found:
        for place in ("perspective-origin", "transform-origin"):
            look.pop(place, None)
    return found


def differences(one: list[Any], other: list[Any]) -> list[str]:
    return [
        f"{name} {key}: {value} became {changed.get(key)}"
        for (name, look), (_, changed) in zip(one, other, strict=True)
        for key, value in look.items()
        if changed.get(key) != value
    ]


def open_with_style(page: Page, publish: Publish, dialog: Locator, style: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(publish(head=f"<style>{style}</style>"))
    page.evaluate(
        """() => { const text = document.querySelector("#first").firstChild;
             getSelection().setBaseAndExtent(text, 25, text, 32); }"""
    )
    page.evaluate("copydesk.open()")
    expect(dialog).to_be_attached()


@pytest.mark.parametrize("style", HOSTILE.values(), ids=HOSTILE.keys())
def test_dialog_looks_the_same_under_hostile_style(
    page: Page, publish: Publish, dialog: Locator, note: Locator, style: str
) -> None:
    open_with_style(page, publish, dialog, "")
    usual = look_of(dialog)
    open_with_style(page, publish, dialog, style)

    expect(dialog).to_be_visible()
    expect(dialog.locator("mark")).to_have_text("recieve")
    assert differences(usual, look_of(dialog)) == []
    # Really on top, and really there for the mouse.
    dialog.get_by_role("button", name="Send").click()
    expect(note).to_contain_text("Thank you!")


def test_our_style_does_not_leak_out(
    page: Page, publish: Publish, select: Select, dialog: Locator, note: Locator
) -> None:
    body = (
        "<article><p>They recieve letters.</p></article><dialog open>Theirs <mark>m</mark></dialog>"
        "<form><label>l <input></label> <textarea></textarea> <button class=go>b</button></form>"
    )
    page.goto(publish(body))
    theirs = """() => [...document.querySelectorAll("body, body *")].map((element) => {
      const style = getComputedStyle(element);
      return [element.localName, ...[...style].map((name) => `${name}: ${style[name]}`)]; })"""
    before = page.evaluate(theirs)
    select("recieve")
    page.keyboard.press("Control+Enter")
    expect(dialog.first).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(note).to_contain_text("Thank you!")

    assert page.evaluate(theirs) == before
    assert page.evaluate("document.adoptedStyleSheets.length + document.styleSheets.length") == 0


def test_dialog_stands_above_a_dialog_of_the_page(
    page: Page, publish: Publish, select: Select, note: Locator
) -> None:
    page.goto(publish("<dialog id=theirs><p>They recieve letters.</p></dialog>"))
    page.evaluate("document.querySelector('#theirs').showModal()")
    select("recieve")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog", name="Spelling error report").get_by_text("Send").click()

    expect(note).to_contain_text("Thank you!")
    expect(page.locator("#theirs")).to_be_visible()
