"""What is done on the server's command line stands in the site's log, as what owners do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from commands import Command
from flask import Flask
from sqlalchemy import select

from server.cli import main
from server.extensions import db
from server.models import AuditEntry, Channel, Site

Run = Callable[..., str]
SITE = ("--site", "The News")


@pytest.fixture
def copydesk(copydesk: Command, site: Site) -> Run:
    """Run a command that works; what it prints."""

    def run(*arguments: str) -> str:
        result = copydesk(*arguments)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def log() -> list[tuple[str, str]]:
    """Actions with their details, oldest first; all of the command line and of one site."""
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert {(each.actor_id, each.site_id) for each in entries} <= {(None, 1)}
    return [(each.action, each.detail) for each in entries]


def test_recipients_and_authors(copydesk: Run) -> None:
    copydesk("recipients", "add", "Desk@news.example", *SITE)
    copydesk("recipients", "set", "desk@news.example", "--mode", "never", *SITE)
    copydesk("recipients", "remove", "desk@news.example", *SITE)
    copydesk("authors", "add", "Anna Berg", "anna@news.example", *SITE)
    copydesk("authors", "remove", "Anna Berg", *SITE)

    assert log() == [
        ("recipient.added", "desk@news.example"),
        ("recipient.changed", "desk@news.example"),
        ("recipient.removed", "desk@news.example"),
        ("author.address_set", "Anna Berg"),
        ("author.address_removed", "Anna Berg"),
    ]


def test_rules(copydesk: Run) -> None:
    for to in ("sport@news.example", "desk@news.example"):
        copydesk("rules", "add", "--section", to[:4], "--to", to, *SITE)
    copydesk("rules", "move", "2", "1", *SITE)
    copydesk("rules", "remove", "2", *SITE)

    assert log() == [
        ("rule.added", "sport@news.example"),
        ("rule.added", "desk@news.example"),
        ("rule.moved", "desk@news.example"),
        ("rule.removed", "sport@news.example"),
    ]


def test_channels_without_their_address(copydesk: Run) -> None:
    address = "https://hook.example/secret-path"
    copydesk("channels", "add", "Ticker", "--address", address, *SITE)
    reference = db.session.scalars(select(Channel.reference)).one()
    for command in ("test", "rotate", "remove"):
        copydesk("channels", command, reference)

    assert log() == [
        (f"channel.{what}", "Ticker") for what in ("added", "tested", "secret_renewed", "removed")
    ]


def test_sites_settings_blocks_and_widget(copydesk: Run) -> None:
    news = ("sites", "set", "The News")
    copydesk(*news, "--links", "--retention-days", "90", "--add-origin", "https://a.example")
    copydesk(*news)
    copydesk("sites", "block", "add", "The News", "word", "casino")
    copydesk("sites", "block", "remove", "The News", "word", "casino")
    copydesk("sites", "widget", "The News", "mode=confirm")
    copydesk("sites", "widget", "The News")

    assert log() == [
        ("site.protection_changed", "links_allowed True"),
        ("site.retention_changed", "90"),
        ("site.origin_added", "https://a.example"),
        ("site.block_added", "word casino"),
        ("site.block_removed", "word casino"),
        ("site.widget_changed", "mode"),
    ]


def test_what_fails_is_not_noted(app: Flask, copydesk: Run) -> None:
    runner = app.test_cli_runner()
    for arguments in (
        ("recipients", "add", "nobody", *SITE),
        ("sites", "set", "The News", "--retention-days", "90", "--remove-origin", "https://x.org"),
        ("sites", "block", "add", "The News", "word", " "),
    ):
        assert runner.invoke(main, arguments, obj=None).exit_code != 0, arguments

    assert log() == []
