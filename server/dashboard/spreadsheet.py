"""Tables as files for spreadsheets: what could be a formula there is made plain text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from defusedcsv import csv

MEDIA_TYPE = "text/csv; charset=utf-8"
# Without it spreadsheets take the file for another encoding.
BYTE_ORDER_MARK = "\ufeff"
# What the library does not know of: spreadsheets take away a tab or a line's end before they look,
# and where people write with full-width signs they take those for signs of a formula, too.
_FORMULA_TOO = re.compile(r"[\t\r\n＝＋－＠]")


def lines_of(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as lines of CSV (RFC 4180); None is an empty cell. A text that a spreadsheet could take
    for a formula begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and _FORMULA_TOO.match(value):
        return f"'{value}"
    return value
