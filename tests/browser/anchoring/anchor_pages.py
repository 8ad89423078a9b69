"""Pages on which text is captured, and what Chromium highlights for a text directive."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypedDict

from browsing import Newspaper
from playwright.sync_api import Browser, Route

ROOT = Path(__file__).parents[3]
WIDTH, HEIGHT = 1000, 900
# Chromium follows no more directives of one address than this.
MOST_DIRECTIVES = 16
# Height of one screenshot, and the share of a word's box that must be lit.
BAND = 1600
LIT = 0.93
# A caret's worth of lit pixels beside the words is rounding, more is something else.
MOST_STRAY = 40

# Neither the page's scripts nor anything from elsewhere; the style below is added from outside.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
# Nothing but the highlight is painted, and nothing clips or covers it.
STYLE = """
*,*::before,*::after{color:transparent!important;-webkit-text-fill-color:transparent!important;
background:none!important;border-color:transparent!important;box-shadow:none!important;
text-shadow:none!important;text-decoration-color:transparent!important;outline:none!important;
overflow:visible!important;clip:auto!important;clip-path:none!important;opacity:1!important;
filter:none!important;mask:none!important;mix-blend-mode:normal!important;
animation:none!important;transition:none!important;scroll-behavior:auto!important;list-style:none}
img,video,iframe,object,embed,canvas,input,textarea,select{visibility:hidden!important}
::target-text{background:#f0f!important;color:transparent!important}
"""
SETTLE = f"""addEventListener("DOMContentLoaded", () => {{
  const style = document.createElement("style");
  style.textContent = {json.dumps(STYLE)};
  document.head.append(style);
  probe.settle();
}});"""

Rect = tuple[float, float, float, float]


class Sample(TypedDict):
    """One selection: what was captured, and the boxes of its whole words on the page."""

    kind: str
    captured: dict[str, str] | None
    rects: list[Rect]


def _overlap(one: Sample, other: Sample) -> bool:
    gap = 4
    return any(
        a[0] - gap < b[2] and b[0] - gap < a[2] and a[1] - gap < b[3] and b[1] - gap < a[3]
        for a in one["rects"]
        for b in other["rects"]
    )


def _apart(samples: list[Sample]) -> list[list[Sample]]:
    """Sets of samples that can be highlighted at once and still be told from each other."""
    sets: list[list[Sample]] = []
    for sample in samples:
        for members in sets:
            full = len(members) == MOST_DIRECTIVES
            if not full and not any(_overlap(sample, member) for member in members):
                members.append(sample)
                break
        else:
            sets.append([sample])
    return sets


def _distance(point: list[float], sample: Sample) -> float:
    x, y = point
    return min(
        max(left - x, 0, x - right) + 3 * max(top - y, 0, y - bottom)
        for left, top, right, bottom in sample["rects"]
    )


class AnchorPages:
    """A browser page that captures, and a second one that looks at screenshots of the first."""

    def __init__(self, browser: Browser, bundle: str) -> None:
        self.newspaper = Newspaper()
        self.context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        self.context.route("**/*", self._only_loopback)
        for script in (bundle, (Path(__file__).parent / "probe.js").read_text(), SETTLE):
            self.context.add_init_script(script)
        self.page = self.context.new_page()
        self.judge = self.context.new_page()
        self.devtools = self.context.new_cdp_session(self.page)

    def _only_loopback(self, route: Route) -> None:
        if route.request.url.startswith(self.newspaper.origin):
            route.continue_()
        else:
            route.abort()

    def serve(self, name: str, html: str | bytes) -> str:
        return self.newspaper.serve(f"/{name}", html, Content_Security_Policy=POLICY)

    def load(self, url: str) -> None:
        # A new document each time: highlights of the same one add up.
        self.page.goto("about:blank")
        self.page.goto(url)
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def sample(self, url: str, seed: int, count: int) -> list[Sample]:
        """Captures of ``count`` random selections, fewer where the page holds too little."""
        self.load(url)
        found: list[Sample] = self.page.evaluate(
            "([seed, count]) => probe.sample(seed, count)", [seed, count]
        )
        return found

    def missed(self, url: str, samples: list[Sample]) -> list[Sample]:
        """The samples whose directive does not highlight the very words, or more than them."""
        suspects: list[Sample] = []
        for together in _apart(samples):
            suspects += self._missed_at_once(url, together)
        # On its own a directive cannot be blamed for another one's highlight.
        return [sample for sample in suspects if self._missed_at_once(url, [sample])]

    def _missed_at_once(self, url: str, samples: list[Sample]) -> list[Sample]:
        directives = [(sample["captured"] or {})["fragment"] for sample in samples]
        self.load(f"{url}#:~:{'&'.join(directives)}")
        missed = self._look(samples)
        if missed:
            # A long page may still be searched.
            self.page.wait_for_timeout(300)
            missed = self._look(samples)
        return missed

    def _look(self, samples: list[Sample]) -> list[Sample]:
        lit, all_ = [0] * len(samples), [0] * len(samples)
        stray: list[list[float]] = []
        for top in self._bands(samples):
            look = self._judge_band(samples, top)
            for number, (hit, size) in enumerate(look["shares"]):
                lit[number] += hit
                all_[number] += size
            if look["stray"] > MOST_STRAY:
                stray += look["where"]
        missed = [
            sample
            for sample, hit, size in zip(samples, lit, all_, strict=True)
            if not size or hit < LIT * size
        ]
        for point in stray:
            nearest = min(samples, key=lambda sample: _distance(point, sample))
            if nearest not in missed:
                missed.append(nearest)
        return missed

    def _bands(self, samples: list[Sample]) -> list[int]:
        tops: list[int] = []
        for _, top, _, bottom in sorted(
            (rect for sample in samples for rect in sample["rects"]), key=lambda rect: rect[1]
        ):
            if not tops or bottom > tops[-1] + BAND - 40:
                tops.append(max(0, int(top) - 40))
        return tops

    def _judge_band(self, samples: list[Sample], top: int) -> Any:
        boxes = [
            [rect for rect in sample["rects"] if rect[3] > top - 10 and rect[1] < top + BAND + 10]
            for sample in samples
        ]
        clip = {"x": 0, "y": top, "width": WIDTH, "height": BAND, "scale": 1}
        picture = self.devtools.send(
            "Page.captureScreenshot",
            {"clip": clip, "captureBeyondViewport": True, "optimizeForSpeed": True},
        )["data"]
        return self.judge.evaluate(
            "([picture, top, boxes]) => probe.judge(picture, top, boxes)", [picture, top, boxes]
        )
