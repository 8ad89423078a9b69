"""What a page costs through the wire: less than 100 kB at the first visit, with all that belongs to
it, and less than 15 kB after."""

from __future__ import annotations

import re
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import brotli
from every_page import HALFWAY, INSIDE, OUTSIDE, addresses
from newsroom import CHIEF, GUARDED, PASSWORD, open_newsroom

FIRST_BYTES = 100_000
AFTER_BYTES = 15_000
FRAME = re.compile(r'<iframe\b[^>]*?\bsrc="(/[^"]+)"')
ASSET = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/[^"]+)"')


class Visitor:
    """Loads pages as a browser does: compressed, with a cookie, and an immutable file only once."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}
        self.kept: set[str] = set()

    def fetch(self, path: str, body: str | None = None) -> tuple[bytes, dict[str, str], int]:
        """The body as it came, the headers, and the bytes of both."""
        connection = HTTPConnection(self.host, timeout=60)
        headers = {
            "Accept-Encoding": "gzip, deflate, br",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        length = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        connection.close()
        return content, {k.lower(): v for k, v in answer.getheaders()}, length + len(content)

    def read(self, path: str) -> tuple[str, int]:
        """A page's HTML, and what its visit cost, with frames and all files."""
        content, headers, cost = self.fetch(path)
        if headers.get("content-encoding") == "br":
            content = brotli.decompress(content)
        html = content.decode()
        for asset in {unescape(each) for each in ASSET.findall(html)} - self.kept:
            _, headers, length = self.fetch(asset)
            cost += length
            assert "max-age" in headers["cache-control"], asset
            if asset.startswith("/assets"):
                assert "immutable" in headers["cache-control"], asset
            self.kept.add(asset)
        return html, cost + sum(self.read(unescape(each))[1] for each in FRAME.findall(html))

    def say_password(self, email: str) -> None:
        html, _ = self.read("/login")
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', html)
        assert token
        form = {"email": email, "password": PASSWORD, "csrf_token": token[1]}
        self.fetch("/login", urlencode(form))

    def log_in(self) -> None:
        self.say_password(CHIEF)
        html, _ = self.read("/")
        assert CHIEF in html


def test_every_page_is_light(tmp_path: Path) -> None:
    heavy = []
    with open_newsroom(tmp_path) as (server, _newspaper, app):
        visitor = Visitor(server.url)
        for pages in (OUTSIDE, HALFWAY, INSIDE):
            if pages is HALFWAY:
                visitor.say_password(GUARDED)
            elif pages is INSIDE:
                visitor.log_in()
            for name, path in addresses(app, pages).items():
                visitor.kept.clear()
                html, first = visitor.read(path)
                # What leads elsewhere weighs nothing.
                assert "<main" in html, name
                _, after = visitor.read(path)
                print(f"{name:20}{first:10,}{after:10,}")
                if first >= FIRST_BYTES or after >= AFTER_BYTES:
                    heavy.append((name, first, after))

    assert heavy == []
