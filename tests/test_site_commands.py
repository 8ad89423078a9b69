"""``copydesk sites set`` and ``copydesk sites block``, as an owner types them."""

from __future__ import annotations

import pytest
from commands import Command
from flask import Flask
from sqlalchemy import select

from server import cli
from server.database import write_transaction
from server.models import Site, User


@pytest.fixture
def copydesk(copydesk: Command, site: Site) -> Command:
    """On a server with a site."""
    return copydesk


def test_settings_are_changed_and_shown(copydesk: Command) -> None:
    result = copydesk(
        "sites",
        "set",
        "The News",
        "--challenge",
        "pow",
        "--links",
        "--retention-days",
        "30",
        "--zone",
        "Europe/Berlin",
    )

    assert result.exit_code == 0, result.output
    expected = (
        "challenge\tpow\nnull-origin\tno\nlinks\tyes\nretention-days\t30\nzone\tEurope/Berlin\n"
        "origins\thttps://news.example\n"
    )
    assert result.output == expected
    assert copydesk("sites", "set", "The News").output == expected
    assert "challenge\tnone" in copydesk("sites", "set", "The News", "--challenge", "none").output


@pytest.mark.parametrize("days", ["0", "7", "-1", "100000"])
def test_an_impossible_retention_is_named(copydesk: Command, days: str) -> None:
    result = copydesk("sites", "set", "The News", "--retention-days", days)

    assert result.exit_code == 1
    assert "retention-days" in result.output


@pytest.mark.parametrize("zone", ["Berlin", "../etc/passwd", "", "x" * 100])
def test_what_is_no_time_zone_is_named(copydesk: Command, zone: str) -> None:
    result = copydesk("sites", "set", "The News", "--zone", zone)

    assert result.exit_code == 1
    assert "zone: " in result.output


def test_blocks_are_added_listed_and_removed(copydesk: Command) -> None:
    assert "Nothing is blocked" in copydesk("sites", "block", "list", "The News").output
    for kind, pattern in (("network", "192.0.2.9/24"), ("word", "casino*"), ("url", "*/pills/*")):
        result = copydesk("sites", "block", "add", "The News", kind, pattern)
        assert result.exit_code == 0, result.output

    listed = copydesk("sites", "block", "list", "The News").output
    assert [line.split("\t")[:2] for line in listed.splitlines()] == [
        ["network", "192.0.2.0/24"],
        ["word", "casino*"],
        ["url", "*/pills/*"],
    ]
    result = copydesk("sites", "block", "remove", "The News", "network", "192.0.2.0/24")
    assert result.exit_code == 0, result.output
    assert "192.0.2" not in copydesk("sites", "block", "list", "The News").output


@pytest.mark.parametrize(
    ("kind", "pattern", "reason"),
    [
        ("network", "300.1.2.3", "network"),
        ("network", "example.org", "network"),
        ("word", "*", "word"),
        ("word", "", "word"),
        ("url", "a" * 301, "url"),
        ("colour", "red", "colour"),
    ],
)
def test_what_cannot_be_blocked_is_named(
    copydesk: Command, kind: str, pattern: str, reason: str
) -> None:
    result = copydesk("sites", "block", "add", "The News", kind, pattern)

    assert result.exit_code != 0
    assert reason in result.output


def test_what_is_blocked_twice_or_not_at_all_is_named(copydesk: Command) -> None:
    copydesk("sites", "block", "add", "The News", "word", "casino")

    assert "already" in copydesk("sites", "block", "add", "The News", "word", "casino").output
    assert "not blocked" in copydesk("sites", "block", "remove", "The News", "word", "pills").output
    assert "no site" in copydesk("sites", "block", "list", "Nobody").output


def test_key_is_renewed_and_the_former_one_ended(copydesk: Command, site: Site) -> None:
    former = site.key
    assert copydesk("sites", "key", "The News").output == f"{former}\tpresent\n"

    lines = copydesk("sites", "key", "The News", "--renew").output.splitlines()
    assert lines[0] != f"{former}\tpresent"
    assert lines[1].startswith(f"{former}\tworks until ")

    lines = copydesk("sites", "key", "The News", "--end", former).output.splitlines()
    assert lines[1] == f"{former}\tended"
    again = copydesk("sites", "key", "The News", "--end", former)
    assert again.exit_code == 1
    assert "not a former key that works" in again.output


def test_setup_address_is_printed_until_somebody_has_an_account(
    copydesk: Command, app: Flask
) -> None:
    taken = copydesk("setup-token")
    assert taken.exit_code == 1
    assert "somebody has an account already" in taken.output

    with write_transaction() as session:
        session.delete(session.scalars(select(User)).one())
    app.extensions["is_set_up"] = False
    assert "/setup?token=" in copydesk("setup-token").output


def test_site_is_erased_for_who_types_its_name(copydesk: Command, app: Flask, site: Site) -> None:
    wrong = app.test_cli_runner().invoke(
        cli.main, ["sites", "erase", "The News"], input="The Post\n", obj=None
    )
    assert wrong.exit_code == 1
    assert "not the site's name" in wrong.output

    assert copydesk("sites", "erase", "The News", "--yes").output == "Erased The News.\n"
    assert "There is no site yet" in copydesk("sites", "list").output
