"""Small pages that are hard to read: hidden text, tables, shadow roots, scripts of the world.

Prints a table as ``test_real_pages.py`` does, for pages that stand beside it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.anchoring.anchor_pages import AnchorPages
from browser.anchoring.rates import Rates, measure

PAGES = Path(__file__).with_name("pages")
# A browser's own account of a page's text leaves out what shadow roots show.
SHADOW = "shadow.html"
QUOTE_RATE = 0.999
LINK_RATE = 0.99


@pytest.fixture(scope="module")
def total(anchor_pages: AnchorPages) -> Rates:
    return measure(anchor_pages, sorted(set(PAGES.glob("*.html")) - {PAGES / SHADOW}))


@pytest.fixture(scope="module")
def shadow(anchor_pages: AnchorPages) -> Rates:
    return measure(anchor_pages, [PAGES / SHADOW])


def test_quotes_are_found_exactly_once(total: Rates) -> None:
    assert total.quotes >= QUOTE_RATE * total.selections
    assert total.by_browser >= QUOTE_RATE * total.selections


def test_links_highlight_the_very_words(total: Rates) -> None:
    assert total.links >= total.selections / 2, "too few links to speak of a rate"
    assert total.highlighted >= LINK_RATE * total.looked


def test_text_in_shadow_roots_is_found_too(shadow: Rates) -> None:
    assert shadow.selections
    assert shadow.quotes == shadow.selections
    assert shadow.highlighted >= LINK_RATE * shadow.looked
