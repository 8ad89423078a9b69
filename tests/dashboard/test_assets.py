"""Styles and scripts of the pages."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "node_modules" / "htmx.org"


def test_htmx_comes_from_us_and_needs_nothing_that_the_policy_forbids(
    editor_client: FlaskClient,
) -> None:
    page = editor_client.get("/").text

    source = re.search(r'<script src="([^"]*htmx[^"]*)"', page)
    assert source
    answer = editor_client.get(unescape(source[1]))
    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]
    told = re.search(r"<meta name=\"htmx-config\" content='([^']*)'", page)
    assert told
    settings = json.loads(told[1])
    assert settings["historyCacheSize"] == 0
    assert settings["selfRequestsOnly"]
    wanted = ("includeIndicatorStyles", "allowEval", "allowScriptTags")
    assert [settings[name] for name in wanted] == [False] * 3


def test_pages_before_the_log_in_do_without_it(client: FlaskClient) -> None:
    assert "htmx" not in client.get("/login").text


@pytest.mark.skipif(not PACKAGE.exists(), reason="npm ci has not run")
def test_htmx_is_that_of_the_locked_package() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text())
    installed = json.loads((PACKAGE / "package.json").read_text())
    if installed["version"] != locked["packages"]["node_modules/htmx.org"]["version"]:
        pytest.skip("npm ci has not run since")

    ours = ROOT / "server" / "dashboard" / "static" / "htmx.min.js"
    assert ours.read_bytes() == (PACKAGE / "dist" / "htmx.min.js").read_bytes()
