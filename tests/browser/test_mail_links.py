"""Programs that look for malware open every link of a mail, scripts and all."""

from __future__ import annotations

import re
import urllib.request
from html import unescape
from types import SimpleNamespace

from browsing import Newspaper
from live_server import LiveServer, wait_until
from mail_links import links_of
from playwright.sync_api import Page
from smtp_server import MailServer
from submissions import body_for


def test_only_a_pressed_button_changes_anything(
    page: Page, server: LiveServer, newspaper: Newspaper, mail_server: MailServer
) -> None:
    article = newspaper.serve("/scanned", "<title>Scanned</title><p>They recieve letters.</p>")
    body = body_for(SimpleNamespace(key=server.site_key), page__url=article, page__title="Scanned")
    before = len(mail_server.messages)
    assert server.post(body, newspaper.origin)[0] == 201
    wait_until(lambda: len(mail_server.messages) > before, 20, "the mail")
    signed = {purpose: server.url + path for purpose, path in links_of(mail_server).items()}
    mail = mail_server.messages[-1]
    parts = [str(mail.get_body((kind,)).get_content()) for kind in ("plain", "html")]
    everything = {
        *re.findall(r"https?://[^\s<>\"]+", parts[0]),
        *map(unescape, re.findall(r'href="([^"]+)"', parts[1])),
    }
    assert set(signed.values()) <= everything

    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.method))
    for link in sorted(everything):
        page.goto(link, wait_until="networkidle")
        if link.startswith(server.url):
            head = urllib.request.Request(link, method="HEAD")
            urllib.request.urlopen(head, timeout=20).close()

    assert set(requests) == {"GET"}
    page.goto(signed["mute"])
    assert page.get_by_role("heading", name="Mute this page?").is_visible()
    page.goto(signed["unsubscribe"])
    assert page.get_by_role("heading", name="Unsubscribe?").is_visible()
    page.goto(signed["fixed"])
    page.get_by_role("button", name="Mark as fixed").click()
    assert page.get_by_role("heading", name="Marked as fixed").is_visible()
    assert page.get_by_text("by you").is_visible()
