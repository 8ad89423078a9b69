"""An editor's work on the queue with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import log_in
from live_server import EDITOR, LiveServer
from newsroom import open_newsroom
from playwright.sync_api import BrowserContext, Page, expect

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with open_newsroom(tmp_path_factory.mktemp("newsroom")) as (server, _newspaper, _app):
        yield server


@pytest.fixture
def queue(context: BrowserContext, newsroom: LiveServer) -> Page:
    """The open reports, in the browser of an editor."""
    page = context.new_page()
    log_in(page, newsroom.url, EDITOR, newsroom.password)
    expect(page.get_by_role("heading", name="Open reports")).to_be_visible()
    # The words are there before the scripts that listen to keys.
    page.wait_for_load_state("load")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    return page


def violations(page: Page) -> list[str]:
    """What axe has against the page as it now is."""
    # As a tool of the browser: the page's policy allows no script but ours.
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(
        "() => axe.run().then(({ violations }) => violations.map((rule) =>"
        " `${rule.id}: ${rule.nodes.map((node) => node.target)}`))"
    )
    return found


def test_reports_are_decided_one_after_the_other(queue: Page) -> None:
    rows = queue.locator(".row")
    first, second, third = (rows.nth(number).get_attribute("id") for number in range(3))

    queue.keyboard.press("j")
    expect(queue.locator(f"#{first}")).to_be_focused()
    queue.keyboard.press("f")
    # Before the server has answered.
    expect(queue.locator(f"#{second}")).to_be_focused()
    expect(queue.locator(f"#{first}.done")).to_contain_text("Marked as fixed by")
    queue.keyboard.press("r")
    expect(queue.locator(f"#{third}")).to_be_focused()
    expect(queue.locator(f"#{second}.done")).to_contain_text("Rejected by")

    queue.keyboard.press("u")
    expect(queue.locator(f"#{second}:not(.done)")).to_be_focused()
    queue.keyboard.press("a")
    expect(queue.locator(f"#{second} .holder")).to_have_text("yours")
    expect(queue.locator(f"#{second}")).to_be_focused()
    queue.keyboard.press("a")
    expect(queue.locator(f"#{second} .holder")).to_have_count(0)

    queue.locator(f"#{third} .pick").check()
    assert violations(queue) == []
    queue.locator(f"#{third} .pick").uncheck()

    # The line that is left of the first one takes it back as well.
    queue.locator(f"#{first}").get_by_role("button", name="Undo").click()
    expect(queue.locator(f"#{first}:not(.done)")).to_be_focused()


def test_work_goes_on_where_the_list_was_left(queue: Page) -> None:
    third = queue.locator(".row:not(.done)").nth(2).get_attribute("id")
    for _ in range(3):
        queue.keyboard.press("j")
    queue.keyboard.press("o")
    expect(queue.get_by_role("heading", name="Evidence")).to_be_visible()

    queue.go_back()

    expect(queue.locator(f"#{third}")).to_be_focused()
    # Whoever scrolls without keys begins with what is to be seen.
    queue.goto(queue.url.partition("#")[0])
    expect(queue.get_by_role("button", name="Keys")).to_be_visible()
    queue.set_viewport_size({"width": 1280, "height": 300})
    queue.locator(f"#{third}").evaluate("row => row.scrollIntoView({ block: 'start' })")
    queue.keyboard.press("j")
    expect(queue.locator(f"#{third}")).to_be_focused()


def test_correction_and_note_are_a_key_away(queue: Page) -> None:
    queue.keyboard.press("j")
    row = queue.locator(f"#{queue.locator('.row:focus').get_attribute('id')}")
    queue.keyboard.press("e")
    field = row.get_by_label("What it should read instead of")
    expect(field).to_be_focused()
    assert violations(queue) == []
    # What is typed is no key of the page.
    field.fill("as the editor writes it, fruit")
    queue.keyboard.press("Escape")
    expect(row).to_be_focused()
    expect(field).to_be_hidden()
    # What was typed is there again.
    queue.keyboard.press("e")
    expect(field).to_have_value("as the editor writes it, fruit")
    expect(field).to_be_focused()
    queue.keyboard.press("Enter")
    expect(row.locator(".correction ins").first).to_contain_text("as the editor writes it, fruit")
    expect(row).to_be_focused()
    expect(field).to_have_count(0)

    queue.keyboard.press("c")
    note = row.get_by_label("A note for the site’s members")
    expect(note).to_be_focused()
    queue.keyboard.type("fruit")
    # It is still there after another action on the row.
    row.get_by_role("button", name="Take").click()
    expect(row.locator(".holder")).to_have_text("yours")
    expect(note).to_have_value("fruit")
    note.press("Control+Enter")
    expect(row.get_by_role("link", name="1 note")).to_be_visible()
    expect(row).to_be_focused()
    queue.keyboard.press("a")
    expect(row.locator(".holder")).to_have_count(0)


def test_what_is_written_outlives_its_row(queue: Page) -> None:
    queue.keyboard.press("j")
    row = queue.locator(f"#{queue.locator('.row:focus').get_attribute('id')}")
    queue.keyboard.press("c")
    note = row.get_by_label("A note for the site’s members")
    note.fill("the author agrees")
    row.get_by_role("button", name="Fixed").click()
    expect(row).to_contain_text("Marked as fixed by")
    expect(note).to_have_value("the author agrees")
    assert violations(queue) == []
    # Whoever leaves the page is asked first.
    assert not queue.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    row.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("button", name="Fixed")).to_be_visible()
    expect(note).to_have_value("the author agrees")
    note.press("Control+Enter")
    expect(note).to_have_count(0)
    assert queue.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def test_second_editor_keeps_what_was_typed(queue: Page, newsroom: LiveServer) -> None:
    queue.keyboard.press("j")
    row = queue.locator(f"#{queue.locator('.row:focus').get_attribute('id')}")
    queue.keyboard.press("e")
    field = row.get_by_label("What it should read instead of")
    field.fill("mine")
    other = queue.context.new_page()
    other.goto(newsroom.url)
    theirs = other.locator(f"#{row.get_attribute('id')}")
    theirs.get_by_role("button", name="Take").click()
    expect(theirs.locator(".holder")).to_have_text("yours")
    other.close()

    field.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("Already taken by you")
    expect(field).to_be_focused()
    expect(field).to_have_value("mine")
    assert violations(queue) == []
    field.press("Enter")
    expect(row.locator(".correction ins").first).to_contain_text("mine")
    # As it was before, for who works here next.
    queue.keyboard.press("a")
    expect(row.locator(".holder")).to_have_count(0)


def test_report_page_has_both_a_key_away(queue: Page) -> None:
    queue.keyboard.press("j")
    queue.keyboard.press("o")
    queue.wait_for_url("**/reports/**")
    expect(queue.get_by_role("button", name="Keys")).to_be_visible()
    queue.keyboard.press("e")
    field = queue.get_by_label("What it should read instead of")
    expect(field).to_be_focused()
    field.fill("as the editor writes it")
    queue.get_by_role("button", name="Save the correction").click()
    expect(queue.locator(".large ins").first).to_contain_text("as the editor writes it")

    expect(queue.get_by_role("button", name="Keys")).to_be_visible()
    queue.keyboard.press("c")
    expect(queue.get_by_label("A note for the site’s members")).to_be_focused()
    queue.keyboard.type("fruit")
    queue.keyboard.press("Control+Enter")
    expect(queue.locator(".history")).to_contain_text("fruit")
    expect(queue.locator("h1 .status")).to_have_text("open")


def test_view_is_saved_by_keyboard(queue: Page) -> None:
    queue.keyboard.press("v")
    name = queue.get_by_label("Name of this view")
    expect(name).to_be_focused()
    queue.keyboard.press("Escape")
    summary = queue.locator(".saved summary")
    expect(summary).to_be_focused()
    queue.keyboard.press("Enter")
    expect(name).to_be_focused()
    queue.keyboard.type("Morning")
    queue.keyboard.press("Enter")
    expect(queue.get_by_role("link", name="Morning")).to_be_visible()

    expect(queue.get_by_role("button", name="Keys")).to_be_visible()
    queue.keyboard.press("v")
    expect(name).to_be_focused()
    queue.keyboard.type("Morning")
    queue.keyboard.press("Enter")
    expect(queue.get_by_role("alert")).to_contain_text("You have a view of this name already")
    expect(name).to_be_focused()
    expect(name).to_have_value("Morning")
    assert violations(queue) == []


def test_selected_reports_are_decided_together(queue: Page) -> None:
    rows = queue.locator(".row")
    picks = queue.locator(".pick")
    count = rows.count()
    following = rows.nth(4).get_attribute("id")
    expect(queue.get_by_role("button", name="Mark as spam")).to_be_hidden()

    picks.nth(0).click()
    picks.nth(2).click(modifiers=["Shift"])
    expect(queue.locator(".how-many")).to_have_text("3")
    # Three again: one more, one less.
    queue.keyboard.press("j")
    queue.keyboard.press("x")
    queue.keyboard.press("k")
    queue.keyboard.press("x")
    expect(queue.locator(".how-many")).to_have_text("3")
    queue.keyboard.press("s")

    expect(queue.get_by_role("status")).to_contain_text("3 reports marked as spam.")
    expect(rows).to_have_count(count - 3)
    # The work goes on where it was.
    expect(queue.locator(f"#{following}")).to_be_focused()
    queue.keyboard.press("u")
    expect(queue.get_by_role("status")).to_contain_text("3 reports are as they were before.")
    expect(rows).to_have_count(count)


def test_keys_can_be_turned_off(queue: Page) -> None:
    queue.keyboard.press("?")
    sheet = queue.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("write a note")
    sheet.get_by_label("Use these keys in this browser").uncheck()
    sheet.get_by_role("button", name="Close").click()

    queue.keyboard.press("j")
    expect(queue.locator(".row:focus")).to_have_count(0)


def test_notice_goes_but_not_while_somebody_is_at_it(queue: Page) -> None:
    queue.clock.install()
    queue.reload()
    queue.keyboard.press("j")
    queue.keyboard.press("a")
    undo = queue.locator("#notices").get_by_role("button", name="Undo")
    undo.focus()

    queue.clock.run_for(60_000)
    expect(undo).to_be_focused()

    undo.press("Enter")
    expect(queue.locator("#notices")).to_contain_text("Undone")
    queue.clock.run_for(11_000)
    expect(queue.locator("#notices .notice")).to_have_count(0)


def test_without_scripts_the_same_buttons_do_the_same(
    queue: Page, context: BrowserContext, newsroom: LiveServer
) -> None:
    browser = context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(newsroom.url)
    count = page.locator(".row").count()
    page.locator(".row").first.get_by_role("button", name="Reject").click()
    expect(page.locator(".row")).to_have_count(count - 1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".row")).to_have_count(count)

    page.locator(".pick").first.check()
    page.locator(".pick").nth(1).check()
    page.get_by_role("button", name="Take them").click()
    expect(page.get_by_role("status")).to_contain_text("2 reports taken.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".holder")).to_have_count(0)
    plain.close()


def test_who_is_logged_out_is_led_to_the_log_in(queue: Page, context: BrowserContext) -> None:
    context.clear_cookies()

    queue.keyboard.press("j")
    queue.keyboard.press("f")

    expect(queue.locator("#password")).to_be_visible()
    expect(queue.locator(".row")).to_have_count(0)
