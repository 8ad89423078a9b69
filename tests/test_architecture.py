"""The order of rooms in docs/architecture.md holds: a room imports only what stands above it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "server"
# "reports/", "bell.py" and "*_commands.py", not what a sentence names inside of a room.
NAMES = re.compile(r"(?<![\w/.`])([\w*]+)(?:\.py|/)(?![\w/])")
FACTORY = "create_app"


@cache
def rooms() -> dict[str, int]:
    """Each module and package of the server, with the place of its line in the list."""
    block = (ROOT / "docs/architecture.md").read_text().split("## Rooms")[1].split("```")[1]
    listed = block.split("server/\n")[1].split("\nwidget/")[0]
    lines: list[str] = []
    for line in listed.splitlines():
        if line.startswith("   "):
            lines[-1] += line
        else:
            lines.append(line)
    return {name: place for place, line in enumerate(lines) for name in NAMES.findall(line)}


def place_of(name: str) -> int | None:
    command = name.endswith(("_command", "_commands"))
    return rooms().get("*_commands" if command else "__init__" if name == FACTORY else name)


def room_of(file: Path) -> str:
    first, *rest = file.relative_to(SERVER).parts
    return first if rest else first.removesuffix(".py")


def imported(file: Path) -> Iterator[str]:
    """The rooms that a file imports from, within functions too."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "server":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("server."):
            yield str(node.module).split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.split(".")[1] for alias in node.names if alias.name.startswith("server.")
            )


FILES = sorted(SERVER.rglob("*.py"))


def test_every_room_is_in_the_list() -> None:
    present = {room_of(file) for file in FILES}

    assert {room for room in present if place_of(room) is None} == set()


def test_list_names_no_room_that_is_gone() -> None:
    present = {room_of(file) for file in FILES} | {path.name for path in SERVER.rglob("*/")}

    assert {name for name in rooms() if "*" not in name} - present == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_room_imports_only_what_stands_above_it(file: Path) -> None:
    own = place_of(room_of(file))
    assert own is not None

    below = {name for name in imported(file) if (place_of(name) or 0) > own}

    assert below == set(), "move it, or what it needs, into the right room"
