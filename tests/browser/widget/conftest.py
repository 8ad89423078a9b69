"""Pages of every kind with the widget on them, beside the server's own origin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import Newspaper
from live_server import LiveServer
from playwright.sync_api import Locator, Page, Request, expect

ARTICLE = """
<article>
<h1>The harbour</h1>
<p id="first">The council has begun to recieve letters asking for more moorings.</p>
<p id="second">The lights stay on untill the last boat is in, as they always have.</p>
<p><a id="link" href="#second">A link</a> and <button id="button">a button</button>.</p>
<p id="field"><input value="in a field"> <textarea>in an area</textarea></p>
</article>
<aside id="aside">Nothing here is ours.</aside>
"""

Publish = Callable[..., str]
Select = Callable[[str], None]


@pytest.fixture
def publish(newspaper: Newspaper, server: LiveServer) -> Publish:
    """Publish a page with the script tag; answers with its address.

    ``attributes`` go on the script tag, ``head`` into the head, ``headers`` into the answer.
    """

    def page(
        body: str = ARTICLE,
        *,
        head: str = "",
        attributes: str = "",
        lang: str = "en",
        path: str = "/page",
        **headers: str,
    ) -> str:
        tag = server.script_tag.replace("<script", f"<script {attributes}")
        return newspaper.serve(
            path,
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>The harbour</title>{head}{tag}</head><body>{body}</body></html>",
            **headers,
        )

    return page


@pytest.fixture
def dialog(page: Page) -> Locator:
    return page.locator("copydesk-widget dialog")


@pytest.fixture
def note(page: Page) -> Locator:
    """The short note at the window's foot."""
    return page.get_by_role("status")


@pytest.fixture
def requests(page: Page) -> list[Request]:
    """Every request of the page, from now on."""
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request))  # noqa: PLW0108 - it sets attributes
    return seen


@pytest.fixture
def posts(page: Page) -> list[Request]:
    """The requests that carry reports, from now on."""
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request) if request.method == "POST" else None)
    return seen


@pytest.fixture
def opened(page: Page, publish: Publish, select: Select, dialog: Locator) -> Callable[..., Locator]:
    def open_dialog(words: str = "recieve", **options: str) -> Locator:
        page.goto(publish(**options))
        select(words)
        page.keyboard.press("Control+Enter")
        expect(dialog).to_be_visible()
        return dialog

    return open_dialog
