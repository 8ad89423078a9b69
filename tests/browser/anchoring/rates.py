"""How often text is found again on a set of pages."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from zlib import crc32

from browser.anchoring.anchor_pages import AnchorPages, Sample

from server.text.normalise import normalise

SELECTIONS = 200
# How many links of a page are looked at in Chromium: a number or "all".
LINKS = os.environ.get("ANCHORING_LINKS", "16")
COLUMNS = ("selections", "quotes", "innerText", "links", "looked", "highlighted")


@dataclass
class Rates:
    """Counts of one page or of several: see ``measure``."""

    selections: int = 0
    #: Quotes that stand exactly once in the page's text as we read it.
    quotes: int = 0
    #: Quotes that stand exactly once in the page's text by the browser's own account.
    by_browser: int = 0
    #: Selections with a text directive, those that were looked at, those that light the very words.
    links: int = 0
    looked: int = 0
    highlighted: int = 0

    def __add__(self, other: Rates) -> Rates:
        return Rates(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def row(self, name: str) -> str:
        cells = zip(COLUMNS, astuple(self), strict=True)
        return f"{name:24}" + "".join(f"{count:>{len(column) + 2}}" for column, count in cells)

    def summary(self) -> str:
        return (
            f"quotes found exactly once: {self.quotes / self.selections:.3%}, "
            f"by innerText {self.by_browser / self.selections:.3%}; "
            f"selections with a link: {self.links / self.selections:.1%}; "
            f"links that highlight the very words: {self.highlighted / self.looked:.2%}"
        )


def _quote(sample: Sample) -> str:
    captured = sample["captured"] or {}
    return captured["prefix"] + captured["exact"] + captured["suffix"]


def _rates(anchor_pages: AnchorPages, name: str, html: bytes) -> Rates:
    url = anchor_pages.serve(name, html)
    samples = anchor_pages.sample(url, crc32(name.encode()), SELECTIONS)
    evaluate = anchor_pages.page.evaluate
    text = normalise(evaluate("anchoring.readPage(document.body).read"))
    # White space aside: browsers and we may part table cells in different ways.
    seen = normalise(evaluate("probe.visibleText()")).replace(" ", "")
    rates = Rates(selections=len(samples))
    linked: list[Sample] = []
    for sample in samples:
        if not sample["captured"]:
            continue
        quote = _quote(sample)
        found = text.count(quote) == 1
        rates.quotes += found
        rates.by_browser += seen.count(quote.replace(" ", "")) == 1
        if not found:
            print(f"  {text.count(quote)} times: {quote!r}")
        if sample["captured"]["fragment"]:
            linked.append(sample)
    looked = linked if LINKS == "all" else linked[: int(LINKS)]
    rates.links, rates.looked = len(linked), len(looked)
    missed = anchor_pages.missed(url, looked)
    for sample in missed:
        print(f"  not highlighted: {(sample['captured'] or {})['fragment']}")
    rates.highlighted = len(looked) - len(missed)
    return rates


def measure(anchor_pages: AnchorPages, paths: Iterable[Path]) -> Rates:
    """Capture random selections on each page, and print a table of how they fare."""
    print(f"\n{'page':24}" + "".join(f"  {column}" for column in COLUMNS))
    total = Rates()
    for path in paths:
        rates = _rates(anchor_pages, path.name, path.read_bytes())
        print(rates.row(path.name), flush=True)
        total += rates
    print(total.row("all"))
    print(total.summary())
    return total
