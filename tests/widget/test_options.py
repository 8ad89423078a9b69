"""What a site owner can set for the widget."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.widget.options import OPTIONS, InvalidOption, changed

ROOT = Path(__file__).parents[2]


def test_options_are_changed_added_and_taken_away() -> None:
    before = {"mode": "confirm", "max": 200}

    after = changed(before, ["mode=", "max=400", "touch=off", "article=main, .story"])

    assert after == {"max": 400, "touch": False, "article": "main, .story"}
    assert before == {"mode": "confirm", "max": 200}


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        ("mode", "mode: write option=value"),
        ("colour=red", "colour: write option=value"),
        ("mode=loud", "mode: must be one of full"),
        ("max=1001", "max: must be a number from 1 to 1000"),
        ("min=few", "min: must be a number"),
        ("min=301", "min: must not be more than the longest, which is 300"),
        ("article=a[", "article: must be a CSS selector"),
        ("exclude=.ads,", "exclude: must be a CSS selector"),
        ("exclude=p::first-line", "exclude: must be a CSS selector"),
        ("accent=red; content: x", "accent: must be a CSS colour"),
        ("accent=#12", "accent: must be a CSS colour"),
        ("lang=deutsch!", "lang: must be a language tag"),
        ("askEmail=maybe", "askEmail: must be one of on, off"),
        (f"hint={'x' * 201}", "hint: must have at most 200"),
        ("hint=a\x00b", "hint: must have at most 200 printable"),
    ],
)
def test_wrong_option_is_named(pair: str, reason: str) -> None:
    with pytest.raises(InvalidOption, match=re.escape(reason)):
        changed({}, [pair])


def test_options_are_those_of_the_widget_and_of_its_page() -> None:
    settings = (ROOT / "widget" / "src" / "settings.ts").read_text()
    names = set(re.findall(r"^  (\w+)\?:", settings.split("export interface Widget")[0], re.M))
    documented = (ROOT / "docs" / "widget.md").read_text()

    assert set(OPTIONS) == names - {"site"}
    for name in OPTIONS:
        assert f"`{name}`" in documented


@pytest.mark.parametrize(
    "value",
    ["main", "main > article:not(.ad)", ":is(main, .post) p", "p:lang(de)", "[data-x='1' i]"],
)
def test_selectors_are_taken(value: str) -> None:
    assert changed({}, [f"article={value}"]) == {"article": value}


@pytest.mark.parametrize(
    "value", ["teal", "#c00", "#1A5FB4", "rgb(26 95 180 / 90%)", "oklch(60% 0.1 250)"]
)
def test_colours_are_taken(value: str) -> None:
    assert changed({}, [f"accent={value}"]) == {"accent": value}
