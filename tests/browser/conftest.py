"""A real browser, a real server, and an article on another origin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from browsing import Newspaper, drag_over, launch_browser
from live_server import LiveServer
from playwright.sync_api import Browser, BrowserContext, Page
from smtp_server import MailServer

from server.demo.article import render_article


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launch_browser() as launched:
        yield launched


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    context.set_default_timeout(10_000)
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


@pytest.fixture
def article(newspaper: Newspaper, server: LiveServer) -> str:
    """The demo article with the one script tag, on another origin than the server."""
    return newspaper.serve("/", render_article(server.script_tag))


Select = Callable[[str], None]


@pytest.fixture
def select(page: Page) -> Select:
    return partial(drag_over, page)
