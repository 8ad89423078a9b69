"""What readers report from anywhere on a page, an editor reads in the order of its text."""

from __future__ import annotations

from collections.abc import Callable

from browsing import PATIENT, Newspaper, log_in
from live_server import EDITOR, LiveServer
from playwright.sync_api import Page, expect

from server.demo.article import render_article

Select = Callable[[str], None]


def test_reports_come_in_any_order_and_are_read_in_that_of_the_text(
    page: Page, newspaper: Newspaper, server: LiveServer, select: Select
) -> None:
    page.add_init_script(PATIENT)
    page.goto(newspaper.serve("/in-order", render_article(server.script_tag)))
    for words in ("embarassment", "lenght", "definately", "untill", "Febuary"):
        select(words)
        page.keyboard.press("Control+Enter")
        expect(page.locator("copydesk-widget mark")).to_have_text(words)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status")).to_contain_text("Thank you!")
        expect(page.locator("copydesk-widget dialog")).to_have_count(0)

    log_in(page, server.url, EDITOR, server.password)
    [(number,)] = server.query("SELECT id FROM page WHERE url LIKE '%/in-order'")
    page.goto(f"{server.url}/pages/{number}")

    marks = page.locator(".row mark")
    expect(marks).to_have_text(["untill", "lenght", "Febuary", "definately", "embarassment"])
