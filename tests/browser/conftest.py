"""A real browser, a real server, and an article on another origin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape

import pytest
from browsing import OWNER, PASSWORD, PATIENCE_MS, Newspaper, drag_over, launch_browser, log_in
from live_server import LiveServer
from playwright.sync_api import Browser, BrowserContext, Page
from smtp_server import MailServer

from server.demo.article import render_article

Places = Callable[[str], tuple[int | None, int | None]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launch_browser() as launched:
        yield launched


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def newspaper() -> Newspaper:
    return Newspaper()


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, newspaper: Newspaper, mail_server: MailServer
) -> Iterator[LiveServer]:
    live = LiveServer(
        tmp_path_factory.mktemp("server") / "var",
        newspaper.origin,
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
    )
    live.start()
    yield live
    live.stop()


@pytest.fixture(scope="session")
def owned(server: LiveServer) -> LiveServer:
    """The server, whose site has an owner."""
    server.command(
        "users", "add", OWNER, "--site", "The News", "--role", "owner", "--password", PASSWORD
    )
    return server


@pytest.fixture
def scriptless(browser: Browser, owned: LiveServer) -> Iterator[Page]:
    """A browser without scripts, in which the owner is logged in."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    log_in(page, owned.url, OWNER, PASSWORD)
    yield page
    context.close()


@pytest.fixture
def article(newspaper: Newspaper, server: LiveServer) -> str:
    """The demo article with the one script tag, on another origin than the server."""
    return newspaper.serve("/", render_article(server.script_tag))


def place_in_article(words: str) -> tuple[int, int]:
    """Where words stand in the demo article's main part, and how long it is to the page's end."""
    main = render_article("").decode().split("<main>")[1].split("</body>")[0]
    text = " ".join(unescape(re.sub("<[^>]*>", "", main)).split())
    return text.index(words), len(text)


@pytest.fixture
def places(server: LiveServer) -> Places:
    """Where words stand that were just reported, and how long the text was."""
    latest = "SELECT position, text_length FROM submission WHERE exact = ? ORDER BY id DESC LIMIT 1"
    return lambda words: server.query(latest, words)[0]


Select = Callable[[str], None]


@pytest.fixture
def select(page: Page) -> Select:
    return partial(drag_over, page)
