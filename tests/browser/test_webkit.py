"""The main flow in WebKit (Debian's webkit2gtk-driver), with real mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import Places, place_in_article
from browsing import PATIENT, PLACE_OF
from live_server import wait_until
from selenium.webdriver import WebKitGTK, WebKitGTKOptions
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.webkitgtk.service import Service
from smtp_server import MailServer

DISPLAY = ":87"
DIALOG = "return document.querySelector('copydesk-widget')?.shadowRoot"


@pytest.fixture
def webkit(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebKitGTK]:
    driver = shutil.which("WebKitWebDriver")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-*/MiniBrowser"))
    screen = shutil.which("Xvfb")
    if not (driver and browsers and screen):
        pytest.skip("WebKit is not installed (Debian: apt-get install webkit2gtk-driver xvfb)")
    monkeypatch.setenv("DISPLAY", DISPLAY)
    # WebKit's sandbox needs user namespaces, which containers and CI often lack.
    monkeypatch.setenv("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
    display = subprocess.Popen(
        [screen, DISPLAY, "-screen", "0", "1200x900x24", "-nolisten", "tcp"],
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: Path(f"/tmp/.X11-unix/X{DISPLAY[1:]}").exists(), 10, "the display")
    options = WebKitGTKOptions()
    options.binary_location = str(browsers[-1])
    options.add_argument("--automation")
    browser = WebKitGTK(options=options, service=Service(driver, env=dict(os.environ)))
    yield browser
    browser.quit()
    display.terminate()
    display.wait()


def select(browser: WebKitGTK, words: str) -> None:
    place = browser.execute_script(f"return ({PLACE_OF})(arguments[0])", words)
    actions = ActionBuilder(browser)
    pointer = actions.pointer_action
    pointer.move_to_location(int(place["x1"]) + 1, int(place["y1"]))
    pointer.pointer_down()
    pointer.move_to_location(int((place["x1"] + place["x2"]) / 2), int(place["y2"]))
    pointer.move_to_location(int(place["x2"]), int(place["y2"]))
    pointer.pointer_up()
    actions.perform()


def press_shortcut(browser: WebKitGTK) -> None:
    chain = ActionChains(browser)
    chain.key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()


def shown(browser: WebKitGTK) -> str:
    return browser.execute_script(f"{DIALOG}?.textContent ?? ''") or ""


def test_reader_reports_in_webkit(
    webkit: WebKitGTK, article: str, places: Places, mail_server: MailServer
) -> None:
    webkit.get(article)
    webkit.execute_script(PATIENT)
    wait_until(lambda: webkit.execute_script("return !!window.copydesk"), 10, "the listener")
    select(webkit, "accomodate")
    assert webkit.execute_script("return getSelection().toString()").strip() == "accomodate"
    press_shortcut(webkit)
    wait_until(lambda: "Spelling error report" in shown(webkit), 10, "the dialog")
    assert "The following text will be sent to our editors:" in shown(webkit)
    mark = webkit.execute_script(f"{DIALOG}.querySelector('mark').textContent")
    assert mark == "accomodate"

    ActionChains(webkit).send_keys("accommodate").perform()
    press_shortcut(webkit)

    wait_until(lambda: "Thank you!" in shown(webkit), 15, "the thanks")
    assert places("accomodate") == place_in_article("accomodate")
    wait_until(lambda: mail_server.mail_with("[[accomodate]]"), 20, "the mail")
    assert "[-accomodate-]{+accommodate+}" in (mail_server.mail_with("[[accomodate]]") or "")


def test_escape_closes_the_dialog_in_webkit(webkit: WebKitGTK, article: str) -> None:
    webkit.get(article)
    wait_until(lambda: webkit.execute_script("return !!window.copydesk"), 10, "the listener")
    select(webkit, "untill")
    press_shortcut(webkit)
    wait_until(lambda: "Spelling error report" in shown(webkit), 10, "the dialog")

    ActionChains(webkit).send_keys(Keys.ESCAPE).perform()

    wait_until(lambda: "Spelling error report" not in shown(webkit), 10, "its end")
