"""A real browser, and a newspaper for it on an origin of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# A browser on a closed or slow network must not spend its time looking for updates.
ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
# Of the site, by the fixture ``owned``.
OWNER, PASSWORD = "owner@news.example", "a long password for tests"
# How long something takes to come says something about the machine alone.
PATIENCE_MS = 30_000


@contextmanager
def launch_browser() -> Iterator[Browser]:
    """The machine's Chromium, else one that Playwright installs."""
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    # Chromium refuses its sandbox to root, as which containers and CI often run.
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield launched
        launched.close()


class Newspaper:
    """Pages on an origin of their own: ``serve`` a page's HTML and headers under a path."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[bytes, dict[str, str]]] = {}
        newspaper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = newspaper.pages.get(self.path.split("?")[0])
                body, headers = found or (b"no such page", {})
                self.send_response(200 if found else 404)
                headers = {"Content-Type": "text/html; charset=utf-8", **headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, path: str, html: str | bytes, **headers: str) -> str:
        """The address under which the page can be read from now on."""
        body = html.encode() if isinstance(html, str) else html
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (body, named)
        return self.origin + path


PLACE_OF = """(wanted) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(wanted);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + wanted.length);
    node.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
    const rects = [...range.getClientRects()];
    const [first, last] = [rects[0], rects[rects.length - 1]];
    return { x1: first.left + 0.5, y1: first.top + first.height / 2,
             x2: last.right - 0.5, y2: last.top + last.height / 2 };
  }
  return null;
}"""


# What is found out while the reader writes is waited for, however slow the machine is.
PATIENT = """{
  const set = self.setTimeout;
  self.setTimeout = (run, ms, ...rest) => set(run, ms === 1500 ? 60_000 : ms, ...rest);
}"""


def log_in(page: Page, server_url: str, email: str, password: str) -> None:
    """Come into the dashboard by e-mail and password."""
    _say_password(page, server_url, email, password)
    # Only pages behind the log-in have it.
    page.locator("details.account").wait_for()


def log_in_halfway(page: Page, server_url: str, email: str, password: str) -> None:
    """Log in as far as the page that asks an account with an authenticator for a code."""
    _say_password(page, server_url, email, password)
    page.locator("#code").wait_for()


def _say_password(page: Page, server_url: str, email: str, password: str) -> None:
    page.goto(f"{server_url}/login")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")


def drag_over(page: Page, words: str) -> None:
    """Select words as a reader does: press, drag, release."""
    place = page.evaluate(PLACE_OF, words)
    assert place, f"{words!r} is not on the page"
    page.mouse.move(place["x1"], place["y1"])
    page.mouse.down()
    page.mouse.move((place["x1"] + place["x2"]) / 2, place["y2"])
    page.mouse.move(place["x2"], place["y2"])
    page.mouse.up()
