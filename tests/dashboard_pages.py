"""Reading the dashboard's pages."""

from __future__ import annotations

import re
from html import unescape


def marked(page: str) -> list[str]:
    """The mistakes that the rows of a queue mark, from top to bottom."""
    return re.findall(r'class="sentence">.*?<mark>([^<]*)</mark>', page)


def following_page(page: str) -> str:
    """The address of the next page of the queue."""
    found = re.search(r'href="([^"]+)"[^>]*>Older reports', page)
    assert found, "there is a next page"
    return unescape(found[1])
