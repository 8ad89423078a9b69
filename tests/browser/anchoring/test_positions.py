"""Where in a page's text a selection stands, as Chromium's own trees have it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from browser.anchoring.anchor_pages import ROOT
from browser.anchoring.conftest import ESBUILD
from browsing import Newspaper
from playwright.sync_api import Page

BEFORE = "A heading The council has begun to "
TEXT = f"{BEFORE}recieve letters from people 🦀 who live here."
LISTING = """(words) => {
  const shown = (node) => {
    const slotted = node.assignedNodes?.() ?? [];
    const children = slotted.length ? slotted : (node.shadowRoot ?? node).childNodes;
    return [node, ...[...children].flatMap(shown)];
  };
  const text = shown(document.body).find((node) => node.data?.includes(words));
  const range = new Range();
  range.setStart(text, text.data.indexOf(words));
  range.setEnd(text, text.data.indexOf(words) + words.length);
  return positions.position(range);
}"""

Place = dict[str, int] | None


@pytest.fixture(scope="module")
def code() -> str:
    if not ESBUILD.exists():
        pytest.skip("the widget's packages are not installed: run npm ci")
    entry = ROOT / "widget" / "src" / "background" / "position.ts"
    command = [str(ESBUILD), str(entry), "--bundle", "--format=iife", "--global-name=positions"]
    built = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return built.replace("var positions", "globalThis.positions", 1)


@pytest.fixture
def place(page: Page, newspaper: Newspaper, code: str) -> Callable[..., Place]:
    """Where words stand on a page with this body."""
    page.add_init_script(code)

    def place(body: str, words: str = "recieve", before: str = "") -> Place:
        page.goto(newspaper.serve("/positions", f"<!doctype html><title>-</title>{body}"))
        if before:
            page.evaluate(before)
        found: Place = page.evaluate(LISTING, words)
        return found

    return place


ARTICLE = """
<h1>A heading</h1>
<p>The <b>council</b> has\tbegun&nbsp;to <i>recieve</i> letters
  from peo&shy;ple 🦀 who live here.</p>
"""
BODIES = {
    "nothing else": ARTICLE,
    "main part": f"<nav>A menu</nav><main>{ARTICLE}</main>",
    "article without main part": f"<nav>A menu</nav><article>{ARTICLE}</article>",
    "main part, not a teaser": f"<article>Today</article><main><article>{ARTICLE}</article></main>",
    "role": f"<nav>A menu</nav><div role=main>{ARTICLE}</div>",
    "hidden main part": f"<main hidden>Another page</main><main>{ARTICLE}</main>",
    "what is no text": "<main><script>let a;</script><style>b{}</style><template>c</template>"
    f"<noscript>d</noscript>{ARTICLE}</main>",
    "what the widget writes": f"<main><p data-hint>Ctrl+Enter</p>{ARTICLE}</main>",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_characters_from_where_the_main_part_begins(place: Callable[..., Place], body: str) -> None:
    assert place(body) == {"start": len(BEFORE), "of": len(TEXT)}


def test_what_follows_the_main_part_counts_on(place: Callable[..., Place]) -> None:
    body = f"<main>{ARTICLE}</main><footer>Imprint</footer>"

    assert place(body, "Imprint") == {"start": len(TEXT) + 1, "of": len(f"{TEXT} Imprint")}


def test_what_stands_before_the_main_part_is_negative(place: Callable[..., Place]) -> None:
    body = f"<p>A kicker above it</p><main>{ARTICLE}</main>"

    assert place(body, "kicker") == {"start": -len("kicker above it"), "of": len(TEXT)}


def test_windows_and_styles_change_nothing(place: Callable[..., Place], page: Page) -> None:
    style = "<style>@media (max-width: 500px) {aside {display: none}}</style>"
    body = f"{style}<main><aside>Only where there is room.</aside>{ARTICLE}</main>"

    wide = place(body)
    page.set_viewport_size({"width": 390, "height": 800})

    assert place(body) == wide == {"start": 26 + len(BEFORE), "of": 26 + len(TEXT)}


def test_shadow_roots_and_slots_count_as_they_are_shown(place: Callable[..., Place]) -> None:
    attach = """() => {
      const [outer, inner] = document.querySelectorAll("x-part");
      outer.attachShadow({ mode: "open" }).innerHTML = "<p>Shown first </p><slot></slot>";
      inner.attachShadow({ mode: "open" }).innerHTML = "<p>They recieve letters.</p>";
    }"""
    body = "<main><x-part><p>In the slot </p><x-part></x-part></x-part></main>"

    found = place(body, before=attach)

    assert found == {"start": 29, "of": 45}


def test_frame_that_is_a_part_of_another_page_says_nothing(
    place: Callable[..., Place], page: Page
) -> None:
    place(f"<iframe srcdoc='<p>They recieve letters.</p>'></iframe>{ARTICLE}")
    framed = page.frames[1]
    framed.wait_for_load_state()

    assert framed.evaluate(LISTING, "recieve") is None


def test_text_that_is_gone_meanwhile_has_no_place(place: Callable[..., Place], page: Page) -> None:
    place(ARTICLE)

    gone = """() => {
      const range = new Range();
      range.selectNodeContents(document.querySelector("i").cloneNode(true));
      return positions.position(range);
    }"""
    assert page.evaluate(gone) is None
