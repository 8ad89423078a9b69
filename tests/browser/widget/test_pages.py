"""Pages of every build: loaded twice, rebuilt by programs, restored, framed; and nothing shifts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial

import pytest
from browsing import ARGUMENTS, CHROMIUM_NAMES, Newspaper, drag_over
from live_server import LiveServer
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

Publish = Callable[..., str]
Select = Callable[[str], None]


def report(page: Page, select: Select, words: str = "recieve") -> None:
    select(words)
    page.keyboard.press("Control+Enter")
    dialog = page.locator("copydesk-widget dialog")
    expect(dialog.locator("mark")).to_have_text(words)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you!")
    expect(dialog).to_have_count(0)


def test_page_view_costs_one_request_and_moves_nothing(
    page: Page, publish: Publish, requests: list[Request]
) -> None:
    url = publish()
    page.add_init_script(
        """window.shifts = []; window.listened = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries()))
          .observe({ type: "layout-shift", buffered: true });
        const add = EventTarget.prototype.addEventListener;
        EventTarget.prototype.addEventListener = function (type, ...rest) {
          listened.push(type); return add.call(this, type, ...rest); };"""
    )
    page.goto(url)
    page.mouse.move(200, 200)
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(1000)

    assert [request.resource_type for request in requests] == ["document", "script"]
    assert page.evaluate("shifts.length") == 0
    assert page.locator("copydesk-widget").count() == 0
    assert set(page.evaluate("listened")) == {"keydown", "pointerdown", "selectionchange"}


def test_script_is_asynchronous(server: LiveServer) -> None:
    assert " async" in server.script_tag


def test_two_tags_make_one_widget(
    page: Page,
    publish: Publish,
    select: Select,
    server: LiveServer,
    posts: list[Request],
) -> None:
    page.goto(publish(head=server.script_tag))
    page.add_script_tag(url=server.script_tag.split('src="')[1].split('"')[0])
    report(page, select)

    assert len(posts) == 1
    assert page.locator("copydesk-widget").count() == 1


def test_element_with_our_name_is_not_taken_for_us(
    page: Page, publish: Publish, select: Select
) -> None:
    page.goto(publish("<article id=copydesk><p>They recieve letters.</p></article>"))
    report(page, select)


def test_single_page_application_changes_everything_but_the_window(
    page: Page, publish: Publish, select: Select, posts: list[Request]
) -> None:
    page.goto(publish())
    report(page, select)
    page.evaluate(
        """() => { history.pushState({}, "", "/another");
             document.title = "Another";
             const body = document.createElement("body");
             body.append(Object.assign(document.createElement("p"),
               { textContent: "It is wich one?" }));
             document.body.replaceWith(body); }"""
    )
    report(page, select, "wich")
    page.evaluate("document.querySelector('copydesk-widget').remove()")
    report(page, select, "one")

    assert '/another"' in (posts[1].post_data or "")
    assert '"Another"' in (posts[1].post_data or "")


def test_page_from_the_back_forward_cache_still_reports(
    browser: Browser, publish: Publish, newspaper: Newspaper
) -> None:
    # Playwright turns this cache off in the browser that the other tests share.
    caching = browser.browser_type.launch(
        executable_path=next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None),
        args=[*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = caching.new_page()
    page.goto(publish())
    page.evaluate("addEventListener('pageshow', (event) => window.restored = event.persisted)")
    report(page, partial(drag_over, page))
    page.goto(newspaper.serve("/elsewhere", "<!doctype html><title>Elsewhere</title>"))
    page.go_back(wait_until="commit")

    page.wait_for_function("window.restored")
    report(page, partial(drag_over, page))
    caching.close()


FRAMES = {
    "a page": lambda address: f'<iframe src="{address}" width=700 height=500></iframe>',
    "written in place": lambda address: (
        "<iframe id=written width=700 height=500></iframe><script>"
        f"fetch('{address}').then((page) => page.text()).then((html) => written.srcdoc = html)"
        "</script>"
    ),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
def test_same_origin_frame_reports(
    page: Page,
    publish: Publish,
    newspaper: Newspaper,
    posts: list[Request],
    frame: Callable[[str], str],
) -> None:
    inner = publish("<article><p>They recieve letters.</p></article>", path="/inner")
    page.goto(newspaper.serve("/outer", f"<!doctype html><body>{frame(inner)}"))
    framed = page.frame_locator("iframe")
    framed.locator("p").dblclick(position={"x": 50, "y": 8})
    page.keyboard.press("Control+Enter")
    expect(framed.locator("mark")).to_have_text("recieve")
    framed.get_by_role("button", name="Send").click()

    expect(framed.get_by_role("status")).to_contain_text("Thank you!")
    assert newspaper.origin in (posts[0].post_data or "").split('"url":')[1][:60]


def test_open_shadow_root_reports(page: Page, publish: Publish, dialog: Locator) -> None:
    page.goto(publish("<article><x-story></x-story></article>"))
    page.evaluate(
        """() => { const root = document.querySelector("x-story").attachShadow({ mode: "open" });
             root.append(Object.assign(document.createElement("p"),
               { textContent: "They recieve letters." })); }"""
    )
    page.locator("x-story p").dblclick(position={"x": 50, "y": 8})
    page.keyboard.press("Control+Enter")

    expect(dialog.locator("mark")).to_have_text("recieve")


def test_program_of_the_page_drives_the_widget(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    page.goto(publish())
    select("recieve")
    page.evaluate("copydesk.open()")
    expect(dialog).to_be_visible()
    page.evaluate("copydesk.close()")
    expect(dialog).to_have_count(0)
    page.evaluate("copydesk.configure({ mode: 'confirm', lang: 'en', accent: 'rgb(10, 90, 40)' })")
    page.evaluate("copydesk.open()")
    expect(dialog.get_by_role("textbox")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Send")).to_have_css(
        "background-color", "rgb(10, 90, 40)"
    )


def test_dialog_that_waits_for_its_language_can_be_closed(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/locale/en.js", hold)
    page.goto(publish())
    with page.expect_request("**/locale/en.js"):
        select("recieve")
    page.evaluate("void copydesk.open(); copydesk.close()")
    page.wait_for_timeout(400)
    waiting[0].continue_()
    page.wait_for_timeout(400)

    expect(dialog).to_have_count(0)


def test_destroyed_widget_leaves_nothing_and_may_come_again(
    page: Page, publish: Publish, select: Select, server: LiveServer, dialog: Locator
) -> None:
    page.goto(publish(attributes="data-button=bottom-right"))
    expect(page.get_by_role("button", name="Report a mistake")).to_be_visible()
    report(page, select)
    page.evaluate("copydesk.destroy()")
    select("recieve")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(400)
    assert page.locator("copydesk-widget").count() == 0
    assert page.evaluate("typeof copydesk") == "undefined"

    page.add_script_tag(url=server.script_tag.split('src="')[1].split('"')[0])
    report(page, select, "untill")


def test_events_tell_the_page_what_happens(page: Page, publish: Publish, select: Select) -> None:
    page.goto(publish())
    page.evaluate(
        """() => { window.told = []; for (const type of ["open", "sent", "error"])
             document.addEventListener(`copydesk:${type}`,
               (event) => told.push([type, event.detail])) }"""
    )
    report(page, select, "moorings")

    (opened, about), (sent, answer) = page.evaluate("told")
    assert (opened, about["exact"]) == ("open", "moorings")
    assert (sent, answer["readers"]) == ("sent", 1)
