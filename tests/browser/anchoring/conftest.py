"""The part of the widget that captures, bundled on its own for pages of the test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from browser.anchoring.anchor_pages import ROOT, AnchorPages
from playwright.sync_api import Browser

ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"


@pytest.fixture(scope="session")
def bundle() -> str:
    if not ESBUILD.exists():
        pytest.skip("the widget's packages are not installed: run npm ci")
    entry = ROOT / "widget" / "src" / "text" / "index.ts"
    command = [str(ESBUILD), str(entry), "--bundle", "--format=iife", "--global-name=anchoring"]
    built = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return built.replace("var anchoring", "globalThis.anchoring", 1)


@pytest.fixture(scope="session")
def anchor_pages(browser: Browser, bundle: str) -> Iterator[AnchorPages]:
    pages = AnchorPages(browser, bundle)
    yield pages
    pages.context.close()
