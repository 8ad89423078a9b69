"""The demo newspaper: one article on an origin of its own, as a site owner would serve it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ARTICLE = Path(__file__).parent / "article.html"
TAG_PLACE = "<!-- script tag -->"


def render_article(script_tag: str) -> bytes:
    """The article with the tag that a site owner pastes, and nothing else of ours."""
    return ARTICLE.read_text().replace(TAG_PLACE, script_tag).encode()


def start_newspaper(host: str, port: int, script_tag: str) -> ThreadingHTTPServer:
    """Serve the article at every path, in a thread of its own. Port 0 takes any free one."""
    page = render_article(script_tag)

    class Newspaper(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the terminal belongs to the addresses that are printed."""

    server = ThreadingHTTPServer((host, port), Newspaper)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
