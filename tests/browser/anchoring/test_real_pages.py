"""How often text is found again on real pages. Prints a table: run with ``-s``.

``ANCHORING_LINKS`` is how many links of a page are looked at in Chromium (default 16; ``all``).
"""

from __future__ import annotations

import pytest
from browser.anchoring.anchor_pages import ROOT, AnchorPages
from browser.anchoring.rates import Rates, measure

PAGES = ROOT.parent / "shared" / "pages"
QUOTE_RATE = 0.999
LINK_RATE = 0.99


@pytest.fixture(scope="module")
def total(anchor_pages: AnchorPages) -> Rates:
    paths = sorted(PAGES.glob("*.html"))
    if not paths:
        pytest.skip("no real pages: they are expected in ../shared/pages beside the repository")
    return measure(anchor_pages, paths)


def test_quotes_are_found_exactly_once_in_the_text_of_real_pages(total: Rates) -> None:
    assert total.quotes >= QUOTE_RATE * total.selections


def test_quotes_are_found_exactly_once_in_the_text_by_the_browsers_account(total: Rates) -> None:
    assert total.by_browser >= QUOTE_RATE * total.selections


def test_links_highlight_the_very_words_in_chromium(total: Rates) -> None:
    assert total.links >= total.selections / 2, "too few links to speak of a rate"
    assert total.highlighted >= LINK_RATE * total.looked
