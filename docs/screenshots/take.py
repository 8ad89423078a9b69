"""Take the pictures of every page and of the dialog: ``python docs/screenshots/take.py [FOLDER]``.

Without a folder it renews the README's two pictures, ``dialog.png`` and ``queue.png``, beside this
file. With one it writes every page at desktop and phone width, light and dark, to be looked at.
"""

from __future__ import annotations

import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from browsing import Newspaper, drag_over, launch_browser  # noqa: E402 - the path comes first
from live_server import EDITOR, LiveServer, wait_until  # noqa: E402
from playwright.sync_api import Browser, Page  # noqa: E402

from server.demo.article import render_article  # noqa: E402

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}

MISTAKES = [
    ("untill", "who held the post ", " he retired in the spring.", "until", "", 1),
    ("the the", "A survey in June counted ", " visitors by what had brought them:", "the", "", 1),
    (
        "definately",
        "her weekday trade has ",
        " not doubled",
        "definitely",
        "Twice in this text!",
        3,
    ),
    ("recieve", "the town council has begun to ", " letters asking.", "receive", "", 2),
    ("כתבו", "הם ", " אל המערכת כל בוקר.", "כתב", "", 1),
]


def seed(server: LiveServer, newspaper: Newspaper) -> None:
    """Reports of several kinds, some by several readers."""
    for exact, before, after, suggestion, comment, readers in MISTAKES:
        for _ in range(readers):
            status, answer = server.post(
                {
                    "site": server.site_key,
                    "idempotency_key": uuid.uuid4().hex,
                    "page": {
                        "url": f"{newspaper.origin}/",
                        "title": "The harbour that learned to wait – The Saltmarsh Courier",
                        "language": "en",
                    },
                    "selector": {"exact": exact, "prefix": before, "suffix": after},
                    "passage": {"before": before, "after": after},
                    "fragment": f"text={exact.replace(' ', '%20')}" if exact.isascii() else "",
                    "suggestion": suggestion,
                    "comment": comment,
                },
                newspaper.origin,
            )
            assert status in (200, 201), answer


@contextmanager
def stage() -> Iterator[tuple[LiveServer, str]]:
    """A server with reports, and the address of the demo article."""
    with tempfile.TemporaryDirectory() as folder:
        newspaper = Newspaper()
        server = LiveServer(Path(folder) / "var", newspaper.origin)
        article = newspaper.serve("/", render_article(server.script_tag))
        server.start()
        try:
            seed(server, newspaper)
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


def log_in(page: Page, server: LiveServer) -> None:
    page.goto(server.url)
    page.get_by_label("E-mail").fill(EDITOR)
    page.get_by_label("Password").fill(server.password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Open reports").wait_for()


def take_for_readme(browser: Browser, server: LiveServer, article: str) -> None:
    page = browser.new_page(viewport={"width": 900, "height": 640})
    show_dialog(page, article)
    page.screenshot(path=HERE / "dialog.png")
    page = browser.new_page(viewport={"width": 1100, "height": 640})
    log_in(page, server)
    page.screenshot(path=HERE / "queue.png")


def take_everything(browser: Browser, server: LiveServer, article: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for size_name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=size, color_scheme=scheme)
            page = context.new_page()
            name = f"{size_name}-{scheme}.png"
            show_dialog(page, article)
            page.screenshot(path=folder / f"dialog-{name}")
            page.goto(f"{server.url}/login")
            page.screenshot(path=folder / f"login-{name}")
            log_in(page, server)
            wait_until(lambda page=page: "kept" in _deliveries(page, server), 20, "the mails")
            for what, address in _pages(page, server):
                page.goto(address)
                page.wait_for_timeout(200)
                page.screenshot(path=folder / f"{what}-{name}", full_page=True)
            context.close()


def _deliveries(page: Page, server: LiveServer) -> str:
    page.goto(f"{server.url}/deliveries")
    return page.content()


def _pages(page: Page, server: LiveServer) -> list[tuple[str, str]]:
    page.goto(server.url)
    reports = page.locator("a.open").evaluate_all("links => links.map(link => link.href)")
    page.goto(f"{server.url}/deliveries")
    delivery = page.locator("table a").first.evaluate("link => link.href")
    return [
        ("queue", server.url),
        ("empty", f"{server.url}/?view=spam"),
        ("report", reports[2]),
        ("report-rtl", reports[0]),
        ("deliveries", f"{server.url}/deliveries"),
        ("delivery", delivery),
        ("mail", f"{delivery}/html"),
    ]


def main() -> None:
    with launch_browser() as browser, stage() as (server, article):
        if len(sys.argv) > 1:
            take_everything(browser, server, article, Path(sys.argv[1]))
        else:
            take_for_readme(browser, server, article)


if __name__ == "__main__":
    main()
