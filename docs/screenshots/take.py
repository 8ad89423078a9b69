"""Take the pictures of every page and of the dialog: ``python docs/screenshots/take.py [FOLDER]``.

Without a folder it renews the README's two pictures, ``dialog.png`` and ``queue.png``, beside this
file. With one it writes every page at desktop and phone width, light and dark, to be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from browsing import Newspaper, drag_over, launch_browser  # noqa: E402 - the path comes first
from live_server import EDITOR, LiveServer, wait_until  # noqa: E402
from newsroom import (  # noqa: E402
    CHIEF,
    MISTAKES,
    NEWCOMER,
    PASSWORD,
    add_accounts,
    seed,
    spread_over_days,
)
from playwright.sync_api import Browser, BrowserContext, Page  # noqa: E402

from server.demo.article import render_article  # noqa: E402

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 780}}


@contextmanager
def stage() -> Iterator[tuple[LiveServer, str]]:
    """A server with reports, and the address of the demo article."""
    with tempfile.TemporaryDirectory() as folder:
        newspaper = Newspaper()
        data = Path(folder) / "var"
        server = LiveServer(data, newspaper.origin, login_limit="1000/minute")
        add_accounts(server)
        article = newspaper.serve("/", render_article(server.script_tag))
        server.start()
        try:
            seed(server, newspaper.origin)
            spread_over_days(data / "copydesk.db")
            yield server, article
        finally:
            server.stop()


def show_dialog(page: Page, article: str) -> None:
    page.goto(article)
    drag_over(page, "recieve")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").wait_for()
    page.get_by_label("How should it read?").fill("receive")
    page.wait_for_timeout(400)


def log_in(page: Page, server: LiveServer, email: str, password: str) -> None:
    page.goto(f"{server.url}/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("heading", name="Open reports").wait_for()


def take_for_readme(browser: Browser, server: LiveServer, article: str) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 640})
    show_dialog(page, article)
    page.screenshot(path=HERE / "dialog.png")
    page = browser.new_page(viewport={"width": 1000, "height": 640})
    log_in(page, server, EDITOR, server.password)
    page.screenshot(path=HERE / "queue.png")


class Album:
    """Pictures of one size and colour scheme."""

    def __init__(self, context: BrowserContext, server: LiveServer, folder: Path, kind: str):
        self.context, self.server, self.folder, self.kind = context, server, folder, kind
        self.page = context.new_page()

    def shoot(self, name: str, path: str | None = None) -> None:
        if path is not None:
            self.page.goto(f"{self.server.url}{path}")
        self.page.wait_for_timeout(150)
        wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, f"{name} is wider than the window ({self.kind})"
        self.page.screenshot(path=self.folder / f"{name}-{self.kind}.png", full_page=True)

    def leave(self) -> None:
        self.context.clear_cookies()

    def take(self, article: str) -> None:
        show_dialog(self.page, article)
        self.page.screenshot(path=self.folder / f"dialog-{self.kind}.png")
        self.shoot("login", "/login")
        self.page.get_by_label("E-mail").fill("somebody@news.example")
        self.page.get_by_label("Password").fill("a wrong password")
        self.page.get_by_role("button", name="Log in", exact=True).click()
        self.shoot("login-wrong")
        log_in(self.page, self.server, NEWCOMER, PASSWORD)
        self.shoot("empty-first")
        self.leave()
        log_in(self.page, self.server, CHIEF, PASSWORD)
        self.shoot("queue-two-sites", "/?view=all")
        self.leave()
        log_in(self.page, self.server, EDITOR, self.server.password)
        self.take_reports()
        self.take_deliveries()

    def take_reports(self) -> None:
        self.wait_for_evidence()
        self.shoot("queue-certain", "/?sort=certainty")
        self.shoot("queue", "/")
        addresses = self.page.locator("a.open").evaluate_all(
            "links => links.map(link => new URL(link.href).pathname)"
        )
        self.page.locator(".row").nth(2).get_by_role("button", name="Fixed").click()
        self.shoot("queue-done")
        self.shoot("report-closed", addresses[2])
        self.page.get_by_role("button", name="Reopen").click()
        self.shoot("empty-spam", "/?view=spam")
        self.shoot("report", addresses[1])
        self.shoot("report-rtl", addresses[3])
        self.page.locator(".account summary").click()
        self.shoot("account")
        self.shoot("not-found", "/reports/1")
        if self.kind.startswith("desktop"):
            self.page.goto(self.server.url)
            self.page.keyboard.press("?")
            self.shoot("keys")

    def wait_for_evidence(self) -> None:
        def all_examined() -> bool:
            self.page.goto(f"{self.server.url}/?sort=certainty")
            return self.page.locator(".certainty").count() >= len(MISTAKES)

        wait_until(all_examined, 60, "the evidence")

    def take_deliveries(self) -> None:
        def all_kept() -> bool:
            self.page.goto(f"{self.server.url}/deliveries")
            return self.page.locator(".state-kept").count() >= len(MISTAKES)

        wait_until(all_kept, 20, "the mails")
        self.shoot("deliveries")
        delivery = self.page.locator("table a").nth(2).get_attribute("href")
        self.shoot("delivery", delivery)
        self.shoot("mail", f"{delivery}/html")


def take_everything(browser: Browser, server: LiveServer, article: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for size_name, size in SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=size, color_scheme=scheme)
            Album(context, server, folder, f"{size_name}-{scheme}").take(article)
            context.close()


def main() -> None:
    with launch_browser() as browser, stage() as (server, article):
        if len(sys.argv) > 1:
            take_everything(browser, server, article, Path(sys.argv[1]))
        else:
            take_for_readme(browser, server, article)


if __name__ == "__main__":
    main()
