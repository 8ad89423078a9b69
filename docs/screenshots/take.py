"""Take the pictures: ``python docs/screenshots/take.py [FOLDER [pages] [mails] [links] [dialog]]``.

Without a folder it renews the README's two pictures, ``dialog.png`` and ``queue.png``, beside this
file. With one it writes every page, and what pages look like after somebody did something there
(states.py), every mail, the pages behind their links and the reader's dialog (outside.py), at
desktop and phone width, light and dark, in English and Russian, to be looked at; or of these those
that are named.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from browsing import drag_over, launch_browser, log_in, log_in_halfway  # noqa: E402 - the path comes first
from every_page import HALFWAY, INSIDE, OUTSIDE, addresses  # noqa: E402 - the path comes first
from live_server import EDITOR, LiveServer  # noqa: E402 - the path comes first
from newsroom import CHIEF, GUARDED, NEWCOMER, PASSWORD, open_newsroom  # noqa: E402 - the path comes first
from outside import take_dialog, take_links, take_mails  # noqa: E402 - the path comes first
from playwright.sync_api import Browser, BrowserContext, Page  # noqa: E402 - the path comes first
from states import STATES, Desk  # noqa: E402 - the path comes first

from server.demo.article import render_article  # noqa: E402 - the path comes first

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 780}}
LANGUAGES = {"en": "en-GB", "ru": "ru-RU"}
# A page of many reports is pictured to here.
TALL = 4_000


def show_dialog(page: Page, article: str) -> None:
    page.goto(article)
    drag_over(page, "recieve")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").wait_for()
    page.get_by_label("How should it read?").fill("receive")
    page.wait_for_timeout(400)


def take_for_readme(browser: Browser, server: LiveServer, article: str) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 640}, locale="en-GB")
    show_dialog(page, article)
    page.screenshot(path=HERE / "dialog.png")
    page = browser.new_page(viewport={"width": 1000, "height": 640}, locale="en-GB")
    log_in(page, server.url, EDITOR, server.password)
    page.screenshot(path=HERE / "queue.png")


class Album:
    """Pictures of one size, colour scheme and language."""

    def __init__(self, context: BrowserContext, server: LiveServer, folder: Path, kind: str):
        self.context, self.server, self.folder, self.kind = context, server, folder, kind
        self.page = context.new_page()

    def shoot(self, name: str, path: str | None = None) -> None:
        if path is not None:
            self.page.goto(f"{self.server.url}{path}")
        self.page.wait_for_timeout(150)
        wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{name} is wider than the window ({self.kind})"
        width, height = self.page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
        self.page.screenshot(
            path=self.folder / f"{name}-{self.kind}.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": min(height, TALL)},
        )

    def take(
        self, outside: dict[str, str], halfway: dict[str, str], inside: dict[str, str]
    ) -> None:
        for name, path in outside.items():
            self.shoot(name, path)
        self.page.goto(f"{self.server.url}/login")
        self.page.locator("#email").fill("somebody@news.example")
        self.page.locator("#password").fill("a wrong password")
        self.page.locator("#password").press("Enter")
        self.page.locator(".error").wait_for()
        self.shoot("login-wrong")
        log_in_halfway(self.page, self.server.url, GUARDED, PASSWORD)
        for name, path in halfway.items():
            self.shoot(name, path)
        self.page.locator("#code").fill("not a code")
        self.page.locator("#code").press("Enter")
        self.page.locator(".error").wait_for()
        self.shoot("recovery-code-wrong")
        log_in(self.page, self.server.url, NEWCOMER, PASSWORD)
        self.shoot("empty-first", "/")
        self.context.clear_cookies()
        log_in(self.page, self.server.url, CHIEF, PASSWORD)
        for name, path in inside.items():
            self.shoot(name, path)
        self.page.locator("details.account summary").click()
        self.shoot("menu")
        if self.kind.startswith("desktop"):
            self.page.goto(self.server.url)
            self.page.keyboard.press("?")
            self.shoot("keys")
        desk = Desk(self.page, self.server.url, inside)
        for name, state in STATES.items():
            state(desk)
            self.shoot(name)
        self.page.emulate_media(media="print")
        self.shoot("statistics-printed", inside["statistics"])


def take_pages(
    browser: Browser, server: LiveServer, pages: tuple[dict[str, str], ...], folder: Path
) -> None:
    for language, locale in LANGUAGES.items():
        for size_name, size in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport=size, color_scheme=scheme, locale=locale, reduced_motion="reduce"
                )
                kind = f"{size_name}-{scheme}-{language}"
                Album(context, server, folder, kind).take(*pages)
                context.close()


def main() -> None:
    with (
        launch_browser() as browser,
        tempfile.TemporaryDirectory() as data,
        open_newsroom(Path(data)) as (server, newspaper, app),
    ):
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
            folder.mkdir(parents=True, exist_ok=True)
            wanted = set(sys.argv[2:]) or {"pages", "mails", "links", "dialog"}
            if "pages" in wanted:
                pages = tuple(addresses(app, each) for each in (OUTSIDE, HALFWAY, INSIDE))
                take_pages(browser, server, pages, folder)
            if "mails" in wanted:
                take_mails(browser, app, folder)
            if "links" in wanted:
                take_links(browser, app, folder)
            if "dialog" in wanted:
                take_dialog(browser, server, newspaper, folder)
        else:
            article = newspaper.serve("/", render_article(server.script_tag))
            take_for_readme(browser, server, article)


if __name__ == "__main__":
    main()
