"""How often text is found again on real pages. Prints a table: run with ``-s``.

``ANCHORING_LINKS`` is how many links of a page are looked at in Chromium (default 16; ``all``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from zlib import crc32

import pytest
from browser.anchoring.anchor_pages import ROOT, AnchorPages, Sample

from server.text.normalise import normalise

PAGES = ROOT.parent / "shared" / "pages"
SELECTIONS = 200
LINKS = os.environ.get("ANCHORING_LINKS", "16")
QUOTE_RATE = 0.999
LINK_RATE = 0.99


@dataclass
class Rates:
    """Counts of one page: ``independent`` is the quote in the browser's own ``innerText``."""

    page: str
    selections: int = 0
    quotes: int = 0
    independent: int = 0
    links: int = 0
    looked: int = 0
    highlighted: int = 0

    def __str__(self) -> str:
        return (
            f"{self.page:26}{self.selections:10}{self.quotes:8}{self.independent:10}"
            f"{self.links:7}{self.looked:8}{self.highlighted:13}"
        )


HEADER = f"{'page':26}selections  quotes innerText  links  looked  highlighted"


def _quote(sample: Sample) -> str:
    captured = sample["captured"] or {}
    return captured["prefix"] + captured["exact"] + captured["suffix"]


def _rates(anchor_pages: AnchorPages, name: str, html: bytes) -> Rates:
    url = anchor_pages.serve(name, html)
    samples = anchor_pages.sample(url, crc32(name.encode()), SELECTIONS)
    evaluate = anchor_pages.page.evaluate
    text = normalise(evaluate("anchoring.readPage(document.body).read"))
    seen = normalise(evaluate("probe.visibleText()")).replace(" ", "")
    rates = Rates(name, selections=len(samples))
    linked: list[Sample] = []
    for sample in samples:
        if not sample["captured"]:
            continue
        rates.quotes += text.count(_quote(sample)) == 1
        rates.independent += seen.count(_quote(sample).replace(" ", "")) == 1
        if sample["captured"]["fragment"]:
            linked.append(sample)
    looked = linked if LINKS == "all" else linked[: int(LINKS)]
    rates.links, rates.looked = len(linked), len(looked)
    missed = anchor_pages.missed(url, looked)
    for sample in missed:
        print(f"  missed: {(sample['captured'] or {})['fragment']}")
    rates.highlighted = len(looked) - len(missed)
    return rates


@pytest.fixture(scope="module")
def total(anchor_pages: AnchorPages) -> Rates:
    paths = sorted(PAGES.glob("*.html"))
    if not paths:
        pytest.skip("no real pages: they are expected in ../shared/pages beside the repository")
    print(f"\n{HEADER}")
    total = Rates("all")
    for path in paths:
        rates = _rates(anchor_pages, path.name, path.read_bytes())
        print(rates, flush=True)
        for field in ("selections", "quotes", "independent", "links", "looked", "highlighted"):
            setattr(total, field, getattr(total, field) + getattr(rates, field))
    print(total)
    print(
        f"quotes found exactly once: {total.quotes / total.selections:.3%}, "
        f"by innerText {total.independent / total.selections:.3%}; "
        f"selections with a link: {total.links / total.selections:.1%}; "
        f"links that highlight the very words: {total.highlighted / total.looked:.2%}"
    )
    return total


def test_quotes_are_found_exactly_once_in_the_text_of_real_pages(total: Rates) -> None:
    assert total.quotes >= QUOTE_RATE * total.selections


def test_quotes_are_found_exactly_once_in_the_text_by_the_browsers_account(total: Rates) -> None:
    assert total.independent >= QUOTE_RATE * total.selections


def test_links_highlight_the_very_words_in_chromium(total: Rates) -> None:
    assert total.links >= total.selections / 2, "too few links to speak of a rate"
    assert total.highlighted >= LINK_RATE * total.looked
