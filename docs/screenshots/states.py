"""What pages look like after somebody did something there: an open sheet, a refused form, a secret
that is shown once, a row that can be undone.

Each function leaves the page as it is to be pictured. They may run several times on one newsroom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

State = Callable[["Desk"], None]
STATES: dict[str, State] = {}


@dataclass
class Desk:
    """A browser in which the chief is logged in, the server's address, and ``paths``: of the pages
    in tests/every_page.py, by their names."""

    page: Page
    url: str
    paths: dict[str, str]

    def open(self, name: str) -> Page:
        self.page.goto(self.url + self.paths[name])
        return self.page

    def press(self, selector: str) -> None:
        """Press the first that fits, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()


def state(function: State) -> State:
    STATES[function.__name__.replace("_", "-")] = function
    return function


@state
def queue_filter_open(desk: Desk) -> None:
    desk.open("queue").locator(".narrow summary").click()


@state
def queue_saved_views(desk: Desk) -> None:
    page = desk.open("queue-certain")
    if not page.locator(".saved nav").count():
        page.locator(".saved summary").click()
        page.locator("#saved-name").fill("Likely mistakes, for the night desk")
        desk.press(".sheet .primary")
    page.locator(".saved summary").click()


@state
def queue_selected(desk: Desk) -> None:
    page = desk.open("queue")
    for row in range(2):
        page.locator(".pick").nth(row).check()


@state
def queue_undo(desk: Desk) -> None:
    page = desk.open("queue")
    page.locator(".row .act-rejected").nth(1).click()
    page.locator(".row.done").wait_for()


@state
def queue_undone(desk: Desk) -> None:
    """What the state before this one closed is taken back, so that the next finds it again."""
    desk.page.locator(".notice [data-key=u]").click()
    desk.page.locator(".row.done").wait_for(state="detached")


@state
def report_edited(desk: Desk) -> None:
    page = desk.open("report")
    page.locator(".edit summary").click()


@state
def report_with_note(desk: Desk) -> None:
    page = desk.open("report")
    page.locator("#note").fill("Asked the author.\nShe looks at it after lunch.")
    desk.press(".note-form button")


@state
def report_stale(desk: Desk) -> None:
    """Somebody else acted since the page was loaded."""
    page = desk.open("report-rtl")
    other = page.context.new_page()
    other.goto(page.url)
    Desk(other, desk.url, desk.paths).press(".act-take, .act-release")
    other.close()
    desk.press(".act-fixed")


@state
def site_refused(desk: Desk) -> None:
    page = desk.open("site-new")
    page.locator("[name=name]").fill("The Evening Post")
    page.locator("[name=origins]").fill("news.example")
    desk.press(".primary")


@state
def block_refused(desk: Desk) -> None:
    page = desk.open("site-protection")
    page.locator("main details [type=text]").first.fill("300.1.2.3/99")
    desk.press("main details button")


@state
def page_checked(desk: Desk) -> None:
    page = desk.open("site")
    page.locator("[name=address]").fill("http://localhost:9/article")
    desk.press("form:has([name=address]) button")


@state
def key_renewal_open(desk: Desk) -> None:
    desk.open("site").locator(".choices details summary").first.click()


@state
def erasing_open(desk: Desk) -> None:
    desk.open("site-data").locator("details summary").last.click()


@state
def reader_looked_up(desk: Desk) -> None:
    page = desk.open("site-data")
    page.locator("[name=reader]").fill("nobody@news.example")
    desk.press("form:has([name=reader]) button")


@state
def recipient_form(desk: Desk) -> None:
    page = desk.open("recipients")
    for summary in page.locator("main details > summary").all():
        summary.click()


@state
def channel_refused(desk: Desk) -> None:
    page = desk.open("channels")
    page.locator("[name=name]").fill("Desk")
    page.locator("[name=address]").fill("ftp://news.example/hook")
    desk.press(".fields .primary")


@state
def token_made(desk: Desk) -> None:
    page = desk.open("tokens")
    page.locator("[name=name]").fill("Planning")
    desk.press(".primary")


@state
def password_refused(desk: Desk) -> None:
    page = desk.open("password")
    page.locator("[type=password]").nth(0).fill("not the password")
    page.locator("[type=password]").nth(1).fill("short")
    page.locator("[type=password]").nth(2).fill("short too")
    desk.press(".primary")


@state
def authenticator_code(desk: Desk) -> None:
    desk.open("authenticator")
    desk.press(".primary")


@state
def year_of_statistics(desk: Desk) -> None:
    desk.open("statistics")
    desk.press(".ranges a:last-child")
