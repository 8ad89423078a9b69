"""The dialog: focus, keys, modes, what is sent, and that nothing typed is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Request, Route, expect

Publish = Callable[..., str]
Select = Callable[[str], None]


def body_of(request: Request) -> dict[str, Any]:
    return dict(json.loads(request.post_data or "{}"))


def test_focus_goes_in_and_comes_back_with_the_selection(
    page: Page, publish: Publish, select: Select, dialog: Locator
) -> None:
    page.goto(publish())
    page.evaluate("document.querySelector('article').tabIndex = -1")
    page.locator("article").focus()
    select("recieve")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("How should it read?")).to_be_focused()
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(page.locator("article")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "recieve"


def test_backward_selection_stays_backward(page: Page, publish: Publish, dialog: Locator) -> None:
    page.goto(publish())
    page.evaluate(
        """() => { const text = document.querySelector("#first").firstChild;
             getSelection().setBaseAndExtent(text, 31, text, 24); }"""
    )
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")

    assert page.evaluate("[getSelection().anchorOffset, getSelection().focusOffset]") == [31, 24]


def test_cancel_gives_the_selection_back_too(page: Page, opened: Callable[..., Locator]) -> None:
    dialog = opened()
    dialog.get_by_role("button", name="Cancel").click()

    expect(dialog).to_have_count(0)
    assert page.evaluate("getSelection().toString()") == "recieve"


def test_typing_replaces_the_words_at_once(page: Page, opened: Callable[..., Locator]) -> None:
    opened()
    expect(page.get_by_label("How should it read?")).to_have_value("recieve")
    page.keyboard.type("receive")

    expect(page.get_by_label("How should it read?")).to_have_value("receive")


def test_tab_stays_in_the_dialog(page: Page, opened: Callable[..., Locator]) -> None:
    opened()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.localName"))

    assert reached <= {"copydesk-widget", "body"}, "body stands for the browser's own controls"


def test_words_before_and_after_stand_around_the_marked_ones(
    opened: Callable[..., Locator],
) -> None:
    dialog = opened()

    expect(dialog.locator("blockquote")).to_have_text(
        "The council has begun to recieve letters asking for more moorings."
    )
    expect(dialog.locator("mark")).to_have_text("recieve")


def test_markup_in_the_text_stays_text(page: Page, opened: Callable[..., Locator]) -> None:
    dialog = opened(
        "img", body="<article><p>Write &lt;img src=x onerror=alert(1)&gt;.</p></article>"
    )

    expect(dialog.locator("blockquote")).to_have_text("Write <img src=x onerror=alert(1)>.")
    expect(dialog.locator("img")).to_have_count(0)


def test_unchanged_text_is_no_suggestion(
    page: Page, opened: Callable[..., Locator], posts: list[Request], note: Locator
) -> None:
    opened()
    page.keyboard.press("Control+Enter")
    expect(note).to_contain_text("Thank you!")

    assert body_of(posts[0])["suggestion"] == ""


def test_double_press_sends_once(
    page: Page, opened: Callable[..., Locator], posts: list[Request], note: Locator
) -> None:
    dialog = opened()

    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/api/v1/submissions?*", slowly)
    dialog.get_by_role("button", name="Send").dblclick()
    page.keyboard.press("Control+Enter")
    expect(note).to_contain_text("Thank you!")

    assert len(posts) == 1


def test_what_is_being_sent_is_not_sent_again_once_the_page_is_idle(
    page: Page, opened: Callable[..., Locator], posts: list[Request], note: Locator
) -> None:
    """A page that comes to rest late looks for kept reports and finds the one under way."""
    page.add_init_script("""
      const waiting = [];
      window.requestIdleCallback = (task) => waiting.push(task);
      window.rest = () => waiting.forEach((task) => task());
    """)
    opened()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/submissions?*", hold)
    with page.expect_request("**/api/v1/submissions?*"):
        page.keyboard.press("Control+Enter")

    page.evaluate("async () => { rest(); await new Promise((done) => setTimeout(done)); }")
    held[0].continue_()
    expect(note).to_contain_text("Thank you!")

    assert len(posts) == 1


def test_button_says_that_it_is_sending(page: Page, opened: Callable[..., Locator]) -> None:
    dialog = opened()
    page.route("**/api/v1/submissions?*", lambda route: None)
    page.keyboard.press("Control+Enter")

    expect(dialog.get_by_role("button", name="Sending…")).to_be_disabled()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_enabled()


def test_composing_does_not_send(
    page: Page, opened: Callable[..., Locator], posts: list[Request]
) -> None:
    dialog = opened()
    dialog.get_by_label("Comment for the editors").evaluate(
        """(field) => field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter",
             ctrlKey: true, isComposing: true, bubbles: true, composed: true }))"""
    )
    page.wait_for_timeout(300)

    expect(dialog).to_be_visible()
    assert posts == []


def test_same_key_is_used_again_after_a_refusal(
    page: Page, opened: Callable[..., Locator], posts: list[Request], note: Locator
) -> None:
    dialog = opened(attributes="data-ask-email")
    problem = {"errors": [{"field": "email", "message": "is not an address."}]}
    page.route(
        "**/api/v1/submissions?*",
        lambda route: route.fulfill(
            status=422, json=problem, headers={"Access-Control-Allow-Origin": "*"}
        ),
        times=1,
    )
    page.get_by_label("Your e-mail").fill("nora@example")
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("email: is not an address.")
    expect(page.get_by_label("Your e-mail")).to_have_value("nora@example")
    page.get_by_label("Your e-mail").fill("nora@news.example")
    page.keyboard.press("Control+Enter")
    expect(note).to_contain_text("Thank you!")

    first, second = map(body_of, posts)
    assert first["idempotency_key"] == second["idempotency_key"]
    assert second["email"] == "nora@news.example"


def test_email_is_asked_for_only_where_the_owner_wants_it(
    page: Page, opened: Callable[..., Locator]
) -> None:
    opened()

    expect(page.get_by_label("Your e-mail")).to_have_count(0)


def test_wrong_email_is_told_before_anything_is_sent(
    page: Page, opened: Callable[..., Locator], posts: list[Request]
) -> None:
    dialog = opened(attributes='data-ask-email="true"')
    page.get_by_label("Your e-mail").fill("nora")
    page.keyboard.press("Control+Enter")

    expect(dialog.get_by_role("alert")).to_have_text("This does not look like an e-mail address.")
    expect(page.get_by_label("Your e-mail")).to_be_focused()
    assert posts == []


def test_confirm_mode_shows_the_text_and_no_fields(
    page: Page, opened: Callable[..., Locator], posts: list[Request], note: Locator
) -> None:
    dialog = opened(attributes="data-mode=confirm")
    expect(dialog.get_by_role("textbox")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Send")).to_be_focused()
    page.keyboard.press("Enter")

    expect(note).to_contain_text("Thank you!")
    assert body_of(posts[0])["suggestion"] == ""


def test_send_mode_sends_at_once_and_once(
    page: Page,
    publish: Publish,
    select: Select,
    dialog: Locator,
    note: Locator,
    posts: list[Request],
) -> None:
    page.goto(publish(attributes="data-mode=send"))
    select("recieve")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")

    expect(note).to_contain_text("Thank you!")
    expect(dialog).to_have_count(0)
    assert len(posts) == 1


def test_honeypot_is_for_programs_alone(page: Page, opened: Callable[..., Locator]) -> None:
    dialog = opened()
    trap = dialog.locator("[name=website]")

    expect(trap).to_be_hidden()
    expect(trap).to_have_attribute("autocomplete", "off")
    snapshot = dialog.aria_snapshot()
    assert snapshot.count("textbox") == 2, snapshot


def test_page_shortcuts_do_not_fire_while_the_reader_types(
    page: Page, opened: Callable[..., Locator]
) -> None:
    opened()
    page.evaluate("addEventListener('keydown', (event) => window.heard = event.key)")
    page.keyboard.type("j")

    assert page.evaluate("window.heard") is None


def test_page_that_forbids_copying_cannot_forbid_writing(
    page: Page, opened: Callable[..., Locator]
) -> None:
    dialog = opened()
    page.evaluate(
        """() => { for (const type of "mousedown selectstart copy paste".split(" "))
             document.addEventListener(type, (event) => event.preventDefault()); }"""
    )
    dialog.get_by_label("Comment for the editors").click()

    expect(dialog.get_by_label("Comment for the editors")).to_be_focused()
