"""The console command, as an operator types it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from smtp_server import free_port

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.models import Page, Report
from server.sites import add_site
from server.widget.build import current_build

COPYDESK = Path(sys.executable).with_name("copydesk")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COPYDESK_")}
    return {**clean, "COPYDESK_MODE": "development", "COPYDESK_DATA_DIR": str(tmp_path / "var")}


def copydesk(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COPYDESK, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def upgraded(environment: dict[str, str]) -> dict[str, str]:
    result = copydesk(environment, "db", "upgrade")
    assert result.returncode == 0, result.stderr
    return environment


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["worker"],
        ["db", "upgrade"],
        ["db", "backup"],
        ["sites", "add"],
        ["sites", "list"],
        ["sites", "tag"],
        ["sites", "widget"],
        ["users", "add"],
        ["users", "list"],
        ["users", "reset"],
        ["users", "invite"],
        ["users", "role"],
        ["users", "remove"],
        ["users", "close"],
        ["recipients", "add"],
        ["recipients", "set"],
        ["rules", "add"],
        ["rules", "move"],
        ["authors", "add"],
        ["demo"],
        ["evaluate"],
    ],
    ids=" ".join,
)
def test_every_command_has_help(environment: dict[str, str], command: list[str]) -> None:
    result = copydesk(environment, *command, "--help")

    assert result.returncode == 0
    assert "Usage: copydesk" in result.stdout
    assert len(result.stdout.splitlines()) > 3


def test_site_and_account_are_added_and_listed(upgraded: dict[str, str]) -> None:
    added = copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example/")
    account = copydesk(upgraded, "users", "add", "ann@news.example", "--site", "The News")

    assert '<script async src="http://localhost:8000/w/ck_' in added.stdout
    assert "Password: " in account.stdout
    assert "https://news.example" in copydesk(upgraded, "sites", "list").stdout
    assert "ann@news.example\tThe News (editor)" in copydesk(upgraded, "users", "list").stdout


def test_widget_of_a_site_is_told_what_to_do(upgraded: dict[str, str]) -> None:
    copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example")

    set_up = copydesk(upgraded, "sites", "widget", "The News", "mode=confirm", "askEmail=on")
    wrong = copydesk(upgraded, "sites", "widget", "The News", "mode=loud")
    shown = copydesk(upgraded, "sites", "widget", "The News", "mode=")

    assert set_up.stdout.splitlines() == ["mode=confirm", "askEmail=True"]
    assert wrong.returncode != 0
    assert "mode: must be one of full, confirm, send." in wrong.stderr
    assert shown.stdout.splitlines() == ["askEmail=True"]


def test_tag_is_printed_and_can_be_pinned(upgraded: dict[str, str]) -> None:
    added = copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example")
    copydesk(upgraded, "sites", "widget", "The News", 'hint=Press "{keys}"', "askEmail=on")

    tag = copydesk(upgraded, "sites", "tag", "The News").stdout.strip()
    pinned = copydesk(upgraded, "sites", "tag", "The News", "--pinned").stdout

    assert tag == added.stdout.strip().splitlines()[-1]
    assert current_build().integrity("listener.js") in pinned
    assert f"/widget/{current_build().version}/listener.js" in pinned
    assert 'data-ask-email="true"' in pinned
    assert 'data-hint="Press &quot;{keys}&quot;"' in pinned


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sites", "add", "The News"], "--origin"),
        (["sites", "add", "The News", "--origin", "news.example"], "is not an origin"),
        (["users", "add", "ann@news.example", "--site", "Nowhere"], "there is no site"),
        (["users", "add", "ann", "--site", "The News"], "email:"),
        (["worker"], "COPYDESK_TASKS_URL"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_mistakes_are_told_in_words(
    upgraded: dict[str, str], arguments: list[str], words: str
) -> None:
    if "The News" in arguments and arguments[0] == "users":
        copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example")

    result = copydesk(upgraded, *arguments)

    assert result.returncode != 0
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_same_site_twice_is_refused(upgraded: dict[str, str]) -> None:
    copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example")

    result = copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example")

    assert "already a site named" in result.stderr


def test_empty_database_is_named_with_the_way_out(environment: dict[str, str]) -> None:
    result = copydesk(environment, "sites", "list")

    assert result.returncode != 0
    assert "copydesk db upgrade" in result.stderr


def test_port_in_use_is_told(upgraded: dict[str, str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()

        result = copydesk(upgraded, "run", "--port", str(busy.getsockname()[1]))

    assert "cannot listen on" in result.stderr


def test_production_without_secret_does_not_start(environment: dict[str, str]) -> None:
    result = copydesk({**environment, "COPYDESK_MODE": "production"}, "sites", "list")

    assert result.returncode != 0
    assert "COPYDESK_SECRET_KEY" in result.stderr
    assert "Traceback" not in result.stderr


def test_account_is_reset_by_who_runs_the_server(upgraded: dict[str, str]) -> None:
    copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example")
    added = copydesk(upgraded, "users", "add", "ann@news.example", "--site", "The News")

    reset = copydesk(upgraded, "users", "reset", "Ann@news.example", "--second-factor")
    unknown = copydesk(upgraded, "users", "reset", "ben@news.example")

    assert "ann@news.example is logged out everywhere." in reset.stdout
    assert "Password: " in reset.stdout
    assert reset.stdout.split()[-1] != added.stdout.split()[-1]
    assert unknown.returncode == 1
    assert "email: there is no account ben@news.example" in unknown.stderr


def test_reports_are_examined_once_and_all_again_on_demand(upgraded: dict[str, str]) -> None:
    app = create_app(Settings(mode="development", data_dir=Path(upgraded["COPYDESK_DATA_DIR"])))
    with app.app_context(), write_transaction() as session:
        site = add_site(session, "The News", ["https://news.example"])
        session.flush()
        page = Page(site_id=site.id, url="https://news.example/", url_hash=bytes(32))
        session.add(page)
        session.flush()
        session.add(
            Report(site_id=site.id, page_id=page.id, place_hash=bytes(32), exact="goverment")
        )

    told = [copydesk(upgraded, "evaluate", *options).stdout for options in ([], [], ["--all"])]

    assert told == ["Examined 1 reports.\n", "Examined 0 reports.\n", "Examined 1 reports.\n"]


def test_role_changes_and_membership_ends(upgraded: dict[str, str]) -> None:
    copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example")
    copydesk(upgraded, "users", "add", "ann@news.example", "--site", "The News")
    at = ("ann@news.example", "--site", "The News")

    raised = copydesk(upgraded, "users", "role", *at, "--role", "owner")
    listed = copydesk(upgraded, "users", "list")
    last_owner = copydesk(upgraded, "users", "remove", *at)
    copydesk(upgraded, "users", "add", "bo@news.example", "--site", "The News", "--role", "owner")
    removed = copydesk(upgraded, "users", "remove", *at)
    again = copydesk(upgraded, "users", "remove", *at)

    assert raised.stdout == "ann@news.example is owner of The News.\n"
    assert "The News (owner)" in listed.stdout
    assert "The site needs an owner" in last_owner.stderr
    assert removed.returncode == 0
    assert again.returncode == 1
    assert "email: ann@news.example is not a member of The News." in again.stderr


def test_site_moves_to_another_origin(upgraded: dict[str, str]) -> None:
    copydesk(upgraded, "sites", "add", "The News", "--origin", "https://news.example")

    moved = copydesk(
        upgraded,
        *("sites", "set", "The News", "--add-origin", "https://*.news.example"),
        *("--remove-origin", "https://news.example"),
    )
    emptied = copydesk(
        upgraded, "sites", "set", "The News", "--remove-origin", "https://*.news.example"
    )
    unknown = copydesk(
        upgraded, "sites", "set", "The News", "--remove-origin", "https://other.example"
    )

    assert "origins\thttps://*.news.example\n" in moved.stdout
    assert "origin: at least one is needed" in emptied.stderr
    assert "origin: https://other.example is not one of the site's." in unknown.stderr
    assert "https://*.news.example" in copydesk(upgraded, "sites", "list").stdout


def test_demo_on_another_port_leads_there(environment: dict[str, str]) -> None:
    port, article = free_port(), free_port()
    demo = subprocess.Popen(
        [COPYDESK, "demo", "--port", str(port), "--article-port", str(article)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert demo.stdout
        told = next(line for line in demo.stdout if "Dashboard" in line)
        with urllib.request.urlopen(f"http://127.0.0.1:{article}/", timeout=20) as answer:
            page = answer.read().decode()
    finally:
        os.killpg(demo.pid, signal.SIGKILL)
        demo.communicate(timeout=30)

    assert told.split() == ["Dashboard", f"http://localhost:{port}/"]
    assert f'src="http://localhost:{port}/w/' in page
