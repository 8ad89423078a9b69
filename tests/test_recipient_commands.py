"""``copydesk recipients``, ``rules`` and ``authors``: who hears, without the dashboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from commands import Command

from server.models import Site

Said = Callable[..., str]


@pytest.fixture
def copydesk(copydesk: Command, site: Site) -> Command:
    """Run a command about the site."""
    return lambda *arguments: copydesk(*arguments, "--site", "The News")


@pytest.fixture
def said(copydesk: Command) -> Said:
    """What a command that works prints."""

    def run(*arguments: str) -> str:
        result = copydesk(*arguments)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_recipients_are_added_changed_listed_and_removed(said: Said) -> None:
    said("recipients", "add", "Desk@news.example", "--mode", "daily", "--zone", "Europe/Berlin")
    assert said("recipients", "list") == "desk@news.example\tdaily\tEurope/Berlin\n"

    desk = ("recipients", "set", "desk@news.example")
    changed = said(*desk, "--name", "The desk", "--mode", "never")
    assert changed == "Changed desk@news.example.\n"
    listed = "desk@news.example\tnever\tEurope/Berlin\tThe desk\n"
    assert said("recipients", "list") == listed
    said(*desk, "--address", "night@news.example")
    assert said("recipients", "list") == listed.replace("desk@", "night@")

    said("recipients", "remove", "night@news.example")
    assert said("recipients", "list") == ""


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("add", "nobody"), "address"),
        (("add", "a@news.example", "--language", "tlh"), "language"),
        (("add", "a@news.example", "--zone", "Berlin"), "zone"),
        (("add", "a@news.example", "--name", "x" * 201), "name"),
        (("add", "editor@news.example"), "address"),
        (("set", "a@news.example", "--mode", "daily"), "address"),
        (("remove", "a@news.example"), "address"),
    ],
)
def test_what_is_wrong_with_a_recipient_is_named(
    copydesk, said: Said, arguments: tuple[str, ...], field: str
) -> None:
    result = copydesk("recipients", *arguments)

    assert result.exit_code == 1
    assert f"Error: {field}: " in result.output
    assert said("recipients", "list") == ""


def test_rules_are_added_moved_listed_and_removed(copydesk: Command, said: Said) -> None:
    said("rules", "add", "--section", "sport", "--to", "desk@news.example", "--author-first")
    for path in ("/a/*", "/b/*"):
        said("rules", "add", "--path", path, "--to", "desk@news.example")
    sport = "section=sport\tthe author, desk@news.example"
    others = [f"path={path}\tdesk@news.example" for path in ("/a/*", "/b/*")]

    def listed() -> list[str]:
        lines = said("rules", "list").splitlines()
        assert [line.split("\t")[0] for line in lines] == [str(n + 1) for n in range(len(lines))]
        return [line.partition("\t")[2] for line in lines]

    assert listed() == [sport, *others]
    said("rules", "move", "3", "1")
    assert listed() == [others[1], sport, others[0]]
    said("rules", "move", "1", "99")
    assert listed() == [sport, others[0], others[1]]

    said("rules", "remove", "1")
    assert listed() == others
    for command in (("move", "3", "1"), ("remove", "3")):
        assert "number: the site has 2 rules." in copydesk("rules", *command).output


def test_authors_are_added_changed_listed_and_removed(copydesk: Command, said: Said) -> None:
    said("authors", "add", "Anna Berg", "anna@news.example")
    said("authors", "add", "ANNA  berg", "berg@news.example")
    assert said("authors", "list") == "ANNA berg\tberg@news.example\n"

    assert "address: " in copydesk("authors", "add", "Tom Wu", "nobody").output
    said("authors", "remove", "anna berg")

    assert said("authors", "list") == ""
    assert "name: " in copydesk("authors", "remove", "Anna Berg").output
