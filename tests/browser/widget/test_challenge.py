"""A site that asks for proof of work: the widget does it, and the reader waits for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from browsing import Newspaper
from live_server import LiveServer
from playwright.sync_api import Locator, Page, expect

Select = Callable[[str], None]

ARTICLE = "<article><p>The council has begun to recieve letters.</p></article>"


@pytest.fixture
def guarded_page(newspaper: Newspaper, server: LiveServer) -> str:
    """A page of a site of its own: a server remembers for a moment what a site asks, and the other
    sites' reports must not meet the challenge."""
    added = server.command("sites", "add", "The Guarded News", "--origin", newspaper.origin)
    server.command("sites", "set", "The Guarded News", "--challenge", "pow")
    return newspaper.serve(
        "/challenge",
        f'<!doctype html><html lang="en"><head><title>The harbour</title>'
        f"{added.strip().splitlines()[-1]}</head><body>{ARTICLE}</body></html>",
    )


def test_the_challenge_is_solved_and_the_report_taken(
    page: Page, guarded_page: str, select: Select, note: Locator
) -> None:
    answers: list[tuple[int, bool]] = []
    page.on(
        "response",
        lambda response: (
            answers.append(
                (response.status, "challenge" in json.loads(response.request.post_data or "{}"))
            )
            if "/submissions" in response.url
            else None
        ),
    )
    page.goto(guarded_page)
    select("recieve")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("How should it read?")).to_be_focused()
    page.keyboard.type("receive")
    page.keyboard.press("Control+Enter")

    expect(note).to_contain_text("Thank", timeout=20_000)
    assert answers == [(403, False), (201, True)]
