"""Pictures of what others see than who is logged in: mails, the pages behind their links, and the
reader's dialog. Each at desktop and phone width, light and dark, and from right to left."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from browsing import Newspaper, drag_over
from flask import Flask
from live_server import LiveServer
from mails import mails_in
from playwright.sync_api import Browser

SIZES = {"desktop": {"width": 1000, "height": 700}, "phone": {"width": 390, "height": 700}}
SCHEMES = ("light", "dark")
# Where no language of ours is written so yet, the page is turned round.
TURN = "document.documentElement.dir = 'rtl'"

LANGUAGES = ("ru", "en")
CLOSING = ("fixed", "rejected", "spam")

# An article in each language, and a mistake in it.
ARTICLES = {
    "en": ("The council has begun to recieve letters asking for more moorings.", "recieve"),
    "ru": ("Жители предпологают, что мост откроют в мае, а паром уйдёт раньше.", "предпологают"),
    "he": ("הם כתבו אל המערכת כל בוקר, ואיש לא ענה להם במשך שנה.", "כתבו"),
}


class Camera:
    """Pictures of one page in all sizes and schemes."""

    def __init__(self, browser: Browser, folder: Path, locale: str = "en-GB") -> None:
        context = browser.new_context(locale=locale, reduced_motion="reduce")
        self.page, self.folder = context.new_page(), folder

    def shoot(self, name: str, *, full: bool = True) -> None:
        for size_name, size in SIZES.items():
            self.page.set_viewport_size(size)
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                self.page.wait_for_timeout(100)
                wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert not wide, f"{name} is wider than the window ({size_name})"
                path = self.folder / f"{name}-{size_name}-{scheme}.png"
                self.page.screenshot(path=path, full_page=full)


def take_mails(browser: Browser, app: Flask, folder: Path) -> None:
    """A mail of each kind, in English and in Russian, and one turned round."""
    camera = Camera(browser, folder)
    for language in LANGUAGES:
        with mails_in(app, language) as mails:
            for name, html in mails.items():
                camera.page.set_content(html)
                camera.shoot(f"{name}-{language}")
    for name in ("mail-report", "mail-digest"):
        camera.page.set_content(mails[name])
        camera.page.evaluate(TURN)
        camera.shoot(f"{name}-turned")


def take_links(browser: Browser, app: Flask, folder: Path) -> None:
    """Each page behind a link, before its button and after."""
    for language in LANGUAGES:
        # Readers who were thanked have no account that knows their language.
        camera = Camera(browser, folder, language)
        with mails_in(app, language) as mails:
            _follow(camera, links_in(mails["mail-thanks"]), language)
            _follow(camera, links_in(mails["mail-report-rtl"]), language)


def _follow(camera: Camera, links: dict[str, str], language: str) -> None:
    page = camera.page
    # The first closes the report for all that follow.
    for purpose in sorted(links, key=lambda each: each in CLOSING):
        page.goto(links[purpose])
        if page.locator("form button").count():
            camera.shoot(f"link-{purpose}-{language}")
            page.evaluate(TURN)
            camera.shoot(f"link-{purpose}-turned-{language}")
            page.goto(links[purpose])
            with page.expect_navigation():
                page.locator("form button").click()
        camera.shoot(f"link-{purpose}-after-{language}")
        if purpose == "mute":
            with page.expect_navigation():
                page.locator("form button").click()
    page.goto(f"{links.popitem()[1]}x")
    camera.shoot(f"link-broken-{language}")


def links_in(html: str) -> dict[str, str]:
    """The addresses of signed links, by their purpose."""
    found = re.findall(r'href="([^"]+/mail/(\w+)/[^"]+)"', html)
    return {purpose: unescape(address) for address, purpose in found}


def take_dialog(browser: Browser, server: LiveServer, newspaper: Newspaper, folder: Path) -> None:
    """The dialog over an article, and what is said after sending; from right to left in Hebrew."""
    for language, (sentence, mistake) in ARTICLES.items():
        tag = server.script_tag.replace("<script", "<script data-ask-email=true")
        side = "rtl" if language == "he" else "ltr"
        article = newspaper.serve(
            f"/{language}",
            f'<!doctype html><html lang="{language}" dir="{side}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<style>:root { color-scheme: light dark } body { font: 1.1rem/1.6 serif;"
            f" margin: 2rem }}</style><title>{sentence}</title>{tag}"
            f"<article><h1>{sentence}</h1><p>{sentence}</p></article></html>",
        )
        camera = Camera(browser, folder)
        page = camera.page
        page.goto(article)
        drag_over(page, mistake)
        page.keyboard.press("Control+Enter")
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        camera.shoot(f"dialog-{language}", full=False)
        for box in dialog.get_by_role("textbox").all():
            if box.is_visible():
                box.fill("nora" if box.get_attribute("type") == "email" else sentence[:40])
        camera.shoot(f"dialog-filled-{language}", full=False)
        page.keyboard.press("Control+Enter")
        camera.shoot(f"dialog-refused-{language}", full=False)
        email = dialog.locator("[type=email]")
        if email.count():
            email.fill("")
        page.keyboard.press("Control+Enter")
        page.get_by_role("status").wait_for()
        camera.shoot(f"dialog-thanks-{language}", full=False)
        page.context.close()
