"""The queue in a real browser: what comes appears without reloading, and keys find their way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request, urlopen

import pytest
from browsing import Newspaper, log_in
from live_server import EDITOR, LiveServer
from playwright.sync_api import Page, expect
from submissions import body_for

# The page asks as soon as it is looked at again, without waiting for its turn.
LOOKED_AT_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"
TOP = "(row) => row.getBoundingClientRect().top"


class Site:
    """As much of a site as a submission names."""

    def __init__(self, key: str) -> None:
        self.key = key


Send = Callable[[str], None]


@pytest.fixture
def author(request: pytest.FixtureRequest) -> str:
    """Whose pages a test's reports are on; nobody else's."""
    return str(request.node.name)


@pytest.fixture
def send(server: LiveServer, newspaper: Newspaper, author: str) -> Send:
    """A reader reports a mistake."""

    def send(exact: str) -> None:
        site: Any = Site(server.site_key)
        url = f"{newspaper.origin}/{author}"
        body = body_for(site, selector__exact=exact, page__url=url, page__author=author)
        request = Request(
            f"{server.url}/api/v1/submissions",
            json.dumps(body).encode(),
            {"Content-Type": "text/plain", "Origin": newspaper.origin},
        )
        with urlopen(request) as answer:
            assert answer.status == 201

    return send


@pytest.fixture
def queue(page: Page, server: LiveServer, send: Send, author: str) -> Page:
    """Three reports of the author."""
    for exact in ("zebra", "yellow", "xylophone"):
        send(exact)
    log_in(page, server.url, EDITOR, server.password)
    page.goto(f"{server.url}/?author={author}")
    expect(page.locator(".row")).to_have_count(3)
    return page


def test_new_reports_come_on_request_and_move_nothing_that_is_read(queue: Page, send: Send) -> None:
    errors: list[str] = []
    queue.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    queue.on("pageerror", lambda error: errors.append(str(error)))
    queue.set_viewport_size({"width": 800, "height": 300})
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    second = queue.locator(".row").filter(has_text="yellow")
    expect(second).to_be_focused()
    send("walrus")
    send("violet")

    queue.evaluate(LOOKED_AT_AGAIN)
    bar = queue.locator("#news")
    expect(bar).to_contain_text("2 new reports")
    assert bar.get_attribute("aria-live") == "polite"
    expect(queue.locator(".row")).to_have_count(3)
    before = second.evaluate(TOP)
    queue.keyboard.press(".")

    expect(queue.locator(".row.fresh")).to_have_count(2)
    expect(queue.locator(".row mark")).to_have_text(
        ["violet", "walrus", "xylophone", "yellow", "zebra"]
    )
    expect(bar).to_be_empty()
    expect(second).to_be_focused()
    assert abs(second.evaluate(TOP) - before) <= 1
    # The new rows have keys and times as the others do.
    queue.keyboard.press("k")
    queue.keyboard.press("k")
    expect(queue.locator(".row").filter(has_text="walrus")).to_be_focused()
    assert "UTC" not in (queue.locator(".row time").first.get_attribute("title") or "UTC")
    assert errors == []


def test_slash_leads_to_the_search(queue: Page) -> None:
    queue.keyboard.press("/")

    expect(queue.get_by_label("Search", exact=True)).to_be_focused()
    queue.keyboard.type("zebra /.j")
    expect(queue.get_by_label("Search", exact=True)).to_have_value("zebra /.j")


def test_fields_offer_the_names_that_pages_declare(queue: Page, author: str) -> None:
    queue.locator(".narrow summary").click()
    queue.get_by_label("Author", exact=True).focus()

    expect(queue.locator(f"#authors option[value='{author}']")).to_have_count(1)
