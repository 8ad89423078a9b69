"""The main job in a real browser: a reader reports, the editor gets it and closes it."""

from __future__ import annotations

import re
from collections.abc import Callable

from live_server import EDITOR, LiveServer, wait_until
from playwright.sync_api import Page, Request, expect
from smtp_server import MailServer

Select = Callable[[str], None]


def test_reader_reports_and_editor_gets_it(
    page: Page, article: str, select: Select, server: LiveServer, mail_server: MailServer
) -> None:
    page.goto(article)
    select("recieve")
    page.keyboard.press("Control+Enter")

    dialog = page.get_by_role("dialog", name="Spelling error report")
    expect(dialog).to_contain_text("The following text will be sent to our editors:")
    expect(dialog.locator("blockquote")).to_have_text(
        "Last year there were four hundred and nine, and the town council has begun to recieve "
        "letters asking for more moorings."
    )
    expect(dialog.locator("mark")).to_have_text("recieve")
    page.keyboard.type("receive")
    dialog.get_by_label("Comment for the editors").fill("i before e")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status")).to_contain_text("Thank you!")
    expect(dialog).to_have_count(0)
    assert page.evaluate("getSelection().toString()") == "recieve", "the selection came back"

    wait_until(lambda: mail_server.mail_with("i before e"), 20, "the mail")
    assert EDITOR in mail_server.recipients
    text = mail_server.mail_with("i before e") or ""
    assert "[[recieve]]" in text
    assert "[-recieve-]{+receive+}" in text
    assert "> i before e" in text
    words_link = re.search(r"http\S+#:~:text=\S+", text)
    report_link = re.search(r"http\S+/reports/\S+", text)
    assert words_link
    assert report_link

    page.goto(report_link[0])
    page.get_by_label("E-mail").fill(EDITOR)
    page.get_by_label("Password").fill(server.password)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="recieve")).to_be_visible()
    page.get_by_role("link", name="Reports", exact=True).click()
    row = page.locator(".row").filter(has_text="town council")
    expect(row.locator("mark")).to_have_text("recieve")
    expect(row.locator("ins")).to_have_text("receive")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.get_by_role("status")).to_contain_text("Marked as fixed")
    expect(page.locator(".row").filter(has_text="town council")).to_have_count(0)


def test_second_reader_learns_that_it_was_known(page: Page, article: str, select: Select) -> None:
    for expected in ("Our editors will look at it", "2 readers have reported it"):
        page.goto(article)
        select("Febuary")
        page.keyboard.press("Control+Enter")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("status")).to_contain_text(expected)


def test_escape_and_cancel_send_nothing(page: Page, article: str, select: Select) -> None:
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.goto(article)
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("button", name="Cancel").click(),
    ):
        select("wich")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        leave()
        expect(page.get_by_role("dialog")).to_have_count(0)

    assert posts == []


def test_refused_report_says_why_and_keeps_the_text(
    page: Page, article: str, select: Select, server: LiveServer
) -> None:
    # The same page on an origin that is not the site's own.
    page.goto(article.replace("127.0.0.1", "localhost"))
    select("lenght")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("How should it read?")).to_be_focused()
    page.keyboard.type("length")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("alert")).to_contain_text("allowed origins")
    expect(page.get_by_label("How should it read?")).to_have_value("length")


def test_link_in_the_mail_leads_to_the_very_words(page: Page, article: str) -> None:
    # Chromium removes the directive from the address; what it found it scrolls to.
    page.set_viewport_size({"width": 1100, "height": 300})
    page.goto(f"{article}#:~:text=embarassment")

    expect(page.get_by_text("to the point of embarassment")).to_be_in_viewport()
