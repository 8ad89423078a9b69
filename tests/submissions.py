"""A reader's submission, as the widget makes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from server.models import Site

ORIGIN = "https://news.example"
PAGE_URL = f"{ORIGIN}/harbour"
EDITOR = "editor@news.example"
PASSWORD = "a long password for tests"

Submit = Callable[..., TestResponse]


def body_for(site: Site, /, **changes: Any) -> dict[str, Any]:
    """A valid submission; a change names a field by its path, as ``selector__exact="x"``."""
    body: dict[str, Any] = {
        "site": site.key,
        "idempotency_key": uuid.uuid4().hex,
        "page": {"url": PAGE_URL, "title": "The harbour", "language": "en"},
        "selector": {
            "exact": "recieve",
            "prefix": "the council has begun to ",
            "suffix": " letters asking for more",
        },
        "passage": {"before": "The council has begun to ", "after": " letters."},
        "fragment": "text=recieve",
        "suggestion": "receive",
        "comment": "",
        "elapsed_ms": 4200,
        "website": "",
        "widget": "test",
    }
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = body
        for parent in parents:
            place = place[parent]
        place[last] = value
    return body
