"""Sending: one request, nothing that tells who reads, and no report lost."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from browsing import Newspaper
from live_server import LiveServer, wait_until
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect
from smtp_server import MailServer

Publish = Callable[..., str]
Select = Callable[[str], None]
Report = Callable[..., None]

API = "**/api/v1/submissions?*"
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('copydesk:')).length"


@pytest.fixture
def report(page: Page, publish: Publish, select: Select) -> Report:
    """Open a page, select, write, send."""

    def send(suggestion: str = "receive", **options: str) -> None:
        page.goto(publish(**options))
        select("recieve")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_label("How should it read?")).to_be_focused()
        page.keyboard.type(suggestion)
        page.keyboard.press("Control+Enter")

    return send


def keys_of(posts: list[Request]) -> set[str]:
    return {json.loads(post.post_data or "{}")["idempotency_key"] for post in posts}


def test_one_request_without_preflight_and_without_cookie(
    page: Page,
    context: BrowserContext,
    report: Report,
    note: Locator,
    requests: list[Request],
    server: LiveServer,
) -> None:
    context.add_cookies([{"name": "who", "value": "me", "url": server.url}])
    report()
    expect(note).to_contain_text("Thank you!")

    sent = [request for request in requests if "/api/" in request.url]
    assert [request.method for request in sent] == ["POST"]
    headers = sent[0].all_headers()
    assert headers["content-type"] == "text/plain;charset=UTF-8"
    assert "cookie" not in headers
    assert page.evaluate(KEPT) == 0
    assert page.evaluate("document.cookie") == ""


def test_nothing_but_the_server_is_asked_and_nothing_is_stored(
    page: Page, report: Report, note: Locator, requests: list[Request], server: LiveServer
) -> None:
    report()
    expect(note).to_contain_text("Thank you!")

    assert {request.url.split("/")[2] for request in requests[1:]} == {server.url.split("/")[2]}
    stores = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert page.evaluate(stores) == [0, 0, ""]
    assert page.evaluate("indexedDB.databases().then((found) => found.length)") == 0


def test_offline_report_is_kept_and_sent_at_the_next_page_view(
    page: Page, context: BrowserContext, report: Report, note: Locator, posts: list[Request]
) -> None:
    page.route(API, lambda route: route.abort("internetdisconnected"))
    report()
    expect(note).to_contain_text("Your report is kept here", timeout=15_000)
    assert page.evaluate(KEPT) == 1
    tries = len(posts)

    page.unroute(API)
    with page.expect_response(API) as answer:
        page.reload()
    assert answer.value.ok
    page.wait_for_function(f"{KEPT} === 0")
    assert len(posts) == tries + 1
    assert len(keys_of(posts)) == 1


def test_kept_report_is_sent_when_the_connection_is_back(
    page: Page, context: BrowserContext, report: Report, note: Locator
) -> None:
    page.route(API, lambda route: route.abort("internetdisconnected"))
    report()
    expect(note).to_contain_text("Your report is kept here", timeout=15_000)
    page.unroute(API)

    with page.expect_response(API):
        context.set_offline(True)
        context.set_offline(False)
    page.wait_for_function(f"{KEPT} === 0")


def test_failing_server_is_asked_again_before_the_reader_hears_of_it(
    page: Page, report: Report, note: Locator, posts: list[Request]
) -> None:
    page.route(API, lambda route: route.fulfill(status=503), times=1)
    report()

    expect(note).to_contain_text("Thank you!")
    assert len(posts) == 2
    assert len(keys_of(posts)) == 1


def test_reader_does_not_wait_for_a_server_that_does_not_answer(
    page: Page, report: Report, note: Locator, dialog: Locator
) -> None:
    page.route(API, lambda route: None)
    report()

    expect(note).to_contain_text("Your report is kept here", timeout=12_000)
    expect(dialog).to_have_count(0)


def test_page_closed_while_sending_loses_nothing(
    page: Page, context: BrowserContext, report: Report, publish: Publish
) -> None:
    page.route(API, lambda route: None)
    with page.expect_request(API) as first:
        report()
    page.close()

    later = context.new_page()
    with later.expect_response(API) as answer:
        later.goto(publish())
    assert answer.value.ok
    assert keys_of([answer.value.request]) == keys_of([first.value])


def test_report_leaves_with_the_page_that_is_closed_at_once(
    page: Page, report: Report, newspaper: Newspaper, mail_server: MailServer
) -> None:
    # What is found out while the reader writes never comes.
    page.route("**/background.js", lambda route: None)
    report("receive at once", path="/closed")
    page.goto(newspaper.serve("/elsewhere", "<!doctype html><title>Elsewhere</title>"))

    wait_until(lambda: mail_server.mail_with("receive at once"), 20, "the mail")


def test_too_many_reports_are_told_and_kept(
    page: Page, report: Report, dialog: Locator, note: Locator, posts: list[Request]
) -> None:
    headers = {"Access-Control-Allow-Origin": "*", "Retry-After": "120"}
    page.route(API, lambda route: route.fulfill(status=429, headers=headers), times=1)
    report()
    expect(dialog.get_by_role("alert")).to_contain_text("Too many reports came from your network")
    expect(page.get_by_label("How should it read?")).to_have_value("receive")
    assert page.evaluate(KEPT) == 1

    page.keyboard.press("Control+Enter")
    expect(note).to_contain_text("Thank you!")
    assert len(keys_of(posts)) == 1
    assert page.evaluate(KEPT) == 0


def test_reader_without_storage_hears_the_truth(
    page: Page, report: Report, dialog: Locator, note: Locator
) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })"
    )
    page.route(API, lambda route: route.abort("failed"))
    report()
    alert = dialog.get_by_role("alert")
    expect(alert).to_contain_text("The report could not be sent", timeout=15_000)
    expect(page.get_by_label("How should it read?")).to_have_value("receive")

    page.unroute(API)
    page.keyboard.press("Control+Enter")
    expect(note).to_contain_text("Thank you!")


def test_insecure_page_makes_keys_too(
    page: Page, report: Report, note: Locator, posts: list[Request]
) -> None:
    page.add_init_script("delete Crypto.prototype.randomUUID; delete Navigator.prototype.locks")
    report()

    expect(note).to_contain_text("Thank you!")
    assert all(len(key) == 32 for key in keys_of(posts))


def test_dialog_that_could_not_be_fetched_is_fetched_again(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    page.goto(publish())
    page.evaluate(
        """() => { window.failures = 0;
             document.addEventListener("copydesk:error", () => window.failures++); }"""
    )
    page.route("**/dialog.js", lambda route: route.abort("failed"))
    select("recieve")
    page.wait_for_function("window.failures === 1")
    page.unroute("**/dialog.js")
    page.keyboard.press("Control+Enter")

    expect(dialog).to_be_visible()
