"""The main flow in Firefox, driven over WebDriver BiDi."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from browser.conftest import Places, place_in_article
from live_server import wait_until
from smtp_server import MailServer

SCRIPT = Path(__file__).with_name("firefox_flow.mjs")


def test_reader_reports_in_firefox(
    article: str, mail_server: MailServer, places: Places, tmp_path: Path
) -> None:
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    if not firefox:
        pytest.skip("Firefox is not installed (Debian: apt-get install firefox-esr)")
    node = shutil.which("node") or "node"

    done = subprocess.run(
        [node, SCRIPT, firefox, article, "embarassment", "embarrassment"],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["title"] == "Spelling error report"
    assert seen["mark"] == "embarassment"
    assert "modest to the point of embarassment" in seen["passage"]
    assert "Thank you!" in seen["thanks"]
    assert places("embarassment") == place_in_article("embarassment")
    wait_until(lambda: mail_server.mail_with("{+embarrassment+}"), 20, "the mail")
