"""A site that asks for proof of work: the widget does it, and the reader waits for nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from live_server import LiveServer
from playwright.sync_api import Locator, Page, expect

Publish = Callable[..., str]
Select = Callable[[str], None]


@pytest.fixture
def guarded(server: LiveServer) -> Iterator[None]:
    server.command("sites", "set", "The News", "--challenge", "pow")
    yield
    server.command("sites", "set", "The News", "--challenge", "none")


def test_the_challenge_is_solved_and_the_report_taken(
    page: Page, publish: Publish, select: Select, note: Locator, server: LiveServer, guarded: None
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
    # Sites are remembered for a moment: the switch must be in force.
    page.wait_for_timeout(11_000)
    page.goto(publish(path="/challenge"))
    select("recieve")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("How should it read?")).to_be_focused()
    page.keyboard.type("receive")
    page.keyboard.press("Control+Enter")

    expect(note).to_contain_text("Thank", timeout=20_000)
    assert answers == [(403, False), (201, True)]
