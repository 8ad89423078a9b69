"""docs/abuse.md names a test for each case of abuse that was thought of."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "abuse.md").read_text("utf-8"))
CASES = 72


@cache
def names_in(file: str) -> frozenset[str]:
    """Names as pytest collects them: ``test_x``, ``TestY::test_z``."""
    names = set()
    for node in ast.parse((ROOT / file).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            functions = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            names.update(f"{node.name}::{each.name}" for each in functions)
    return frozenset(names)


def test_every_case_is_there_once_and_in_order() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, CASES + 1))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"case {row[0]}")
def test_case_is_held_by_tests_that_exist(row: tuple[str, str, str, str]) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", row[3])

    assert len(named) == row[3].count("`") // 2 > 0
    missing = [f"{file}::{name}" for file, name in named if name not in names_in(file)]
    assert not missing
