"""What of a site's pages needs a browser: the widget's preview, and copying the tag."""

from __future__ import annotations

import json
import uuid

import pytest
from browsing import OWNER, PASSWORD, Newspaper, log_in
from live_server import LiveServer
from playwright.sync_api import BrowserContext, Page, expect


@pytest.fixture
def owner(page: Page, owned: LiveServer) -> Page:
    log_in(page, owned.url, OWNER, PASSWORD)
    return page


def test_preview_follows_the_form_and_leaves_the_writer_alone(
    owner: Page, owned: LiveServer
) -> None:
    requests: list[str] = []
    owner.on("request", lambda request: requests.append(request.url))
    owner.goto(f"{owned.url}/sites/{owned.site_key}/widget")
    frame = owner.frame_locator("iframe[name=preview]")
    send = frame.get_by_role("button", name="Send", exact=True)
    expect(send).to_be_visible()

    accent = owner.get_by_label("Colour of buttons")
    accent.fill("rgb(170, 34, 0)")
    owner.keyboard.press("Tab")
    expect(send).to_have_css("background-color", "rgb(170, 34, 0)")
    expect(owner.get_by_label("Ask for an e-mail address")).to_be_focused()

    owner.get_by_label("What readers are asked").select_option("confirm")
    expect(frame.get_by_label("How should it read?")).to_have_count(0)
    expect(send).to_be_visible()
    send.click()
    expect(frame.get_by_role("status")).to_contain_text("Thank")
    assert not any("/api/v1/" in url for url in requests)


def test_preview_has_a_button_for_who_has_no_scripts(scriptless: Page, owned: LiveServer) -> None:
    scriptless.goto(f"{owned.url}/sites/{owned.site_key}/widget")
    scriptless.get_by_label("Only inside").fill("a[")
    scriptless.get_by_role("button", name="Preview", exact=True).click()

    frame = scriptless.frame_locator("iframe[name=preview]")
    expect(frame.get_by_role("alert")).to_contain_text("must be a CSS selector")
    expect(scriptless.get_by_label("Only inside")).to_have_value("a[")


def test_tag_is_copied(context: BrowserContext, owner: Page, owned: LiveServer) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.goto(f"{owned.url}/sites/{owned.site_key}")
    owner.get_by_role("button", name="Copy").click()

    expect(owner.get_by_role("button", name="Copied")).to_be_visible()
    assert owner.evaluate("navigator.clipboard.readText()") == owned.script_tag


@pytest.mark.parametrize("pinned", [False, True], ids=["short tag", "pinned tag"])
def test_report_kept_under_a_former_key_is_sent_with_the_new_tag(
    page: Page, server: LiveServer, newspaper: Newspaper, pinned: bool
) -> None:
    """The reader's connection was lost before the site got its new key. A pinned tag knows that one
    alone, and gets it when the former one has ended."""
    name = "The Pinned" if pinned else "The Renewed"
    origin = newspaper.serve("/renewed", "<p>No tag yet").removesuffix("/renewed")
    site = server.command("sites", "add", name, "--origin", origin)
    former = site.split("/w/")[1].split(".js")[0]
    key = uuid.uuid4().hex
    body = {
        "site": former,
        "idempotency_key": key,
        "page": {"url": f"{origin}/renewed"},
        "selector": {"exact": "wich"},
    }
    page.goto(f"{origin}/renewed")
    page.evaluate(
        "([name, ...kept]) => localStorage.setItem(name, JSON.stringify([Date.now(), ...kept]))",
        [f"copydesk:{former}:{key}", json.dumps(body), f"{server.url}/"],
    )
    present = server.command("sites", "key", name, "--renew").partition("\t")[0]
    if pinned:
        server.command("sites", "key", name, "--end", former)
    tag = server.command("sites", "tag", present, *(["--pinned"] if pinned else [])).strip()
    assert former not in tag
    newspaper.serve("/renewed", f"<!doctype html>{tag}<p>Now with a tag")

    with page.expect_response(lambda answer: "/api/v1/submissions" in answer.url) as sent:
        page.reload()

    assert sent.value.status == 201
    page.wait_for_function("localStorage.length === 0")
