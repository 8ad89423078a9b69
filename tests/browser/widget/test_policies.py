"""Pages with strict policies: the widget needs the server in script-src and connect-src alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from live_server import LiveServer
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

Publish = Callable[..., str]
Select = Callable[[str], None]

STRICT = (
    "default-src 'none'; script-src {server}; connect-src {server}; style-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)
TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types 'none'"
POLICIES = {
    "strict": STRICT,
    "trusted types": TRUSTED_TYPES,
    "both": f"{STRICT}; {TRUSTED_TYPES}",
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
def test_reports_under_a_strict_policy(
    page: Page,
    publish: Publish,
    select: Select,
    server: LiveServer,
    dialog: Locator,
    note: Locator,
    policy: str,
) -> None:
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        # Browsers look for an icon by themselves.
        if "favicon" not in message.location["url"]:
            complaints.append(message.text)

    page.on("console", complain)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(
        publish(
            "<article><p>They recieve letters.</p></article><copydesk-hint></copydesk-hint>",
            attributes="data-button=bottom-left",
            Content_Security_Policy=policy.format(server=server.url),
        )
    )
    expect(page.locator("copydesk-hint")).to_contain_text("Found a spelling error?")
    expect(page.get_by_role("button", name="Report a mistake")).to_have_css("position", "fixed")
    select("recieve")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_css("border-radius", "16px")
    page.get_by_role("button", name="Send").click()

    expect(note).to_contain_text("Thank you!")
    assert complaints == []


def test_reports_where_every_script_needs_a_nonce(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    page.goto(
        publish(
            "<article><p>They recieve letters.</p></article>",
            attributes='nonce="n0nce"',
            Content_Security_Policy="script-src 'nonce-n0nce' 'strict-dynamic'; object-src 'none'",
        )
    )
    select("recieve")
    page.keyboard.press("Control+Enter")

    expect(dialog).to_be_visible()
