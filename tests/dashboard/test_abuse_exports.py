"""Whatever readers send comes out of every file and of the API as it was sent; spreadsheets take
none of it for a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hostile import CORPUS, HIDDEN, fields_with
from sqlalchemy import select
from submissions import PAGE_URL, Submit

from server import api_tokens
from server.database import write_transaction
from server.models import SCOPES, Membership, Site, User
from server.statistics import most

FORMULAS = [
    '=HYPERLINK("https://evil.example","x")',
    "@SUM(A1:A9)",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "|calc",
    "%0A=1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
]
QUOTING = ['"', '""', "'", "'=1", "a;b,c\td", 'line\r\n"two",\n\rthree', "\\", "\\|", "\ufeffx"]
TEXTS = [*CORPUS, HIDDEN, *FORMULAS, *QUOTING]
BEGINS_A_FORMULA = re.compile(r"[=+@|%\t\r\n＝＋－＠-]")


def as_a_cell(text: str) -> str:
    """What stands in the file for a text: docs/abuse.md has the rule."""
    if not BEGINS_A_FORMULA.match(text):
        return text
    if text[0] in "=+-@|%":
        text = text.replace("|", "\\|")
    return f"'{text}"


def rows_of(text: str) -> list[dict[str, str]]:
    """A file as a spreadsheet reads it."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


@pytest.fixture
def owner(editor_client: FlaskClient) -> FlaskClient:
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"
    return editor_client


@pytest.fixture(autouse=True)
def written(post: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report for each text, which is all that its reader wrote."""
    monkeypatch.setattr(most, "MOST", 2 * len(TEXTS))
    for number, text in enumerate(TEXTS):
        assert post(**fields_with(text, f"{PAGE_URL}-{number}")).status_code == 201, ascii(text)


@pytest.mark.parametrize("name", ["reports.csv", "submissions.csv"])
def test_a_spreadsheet_reads_what_was_sent_and_no_formula(
    owner: FlaskClient, site: Site, name: str
) -> None:
    answer = owner.get(f"/sites/{site.key}/data/{name}")
    rows = rows_of(answer.text)

    columns = ["title", "before", "exact", "after"]
    columns += ["author", "section"] if name == "reports.csv" else ["comment"]
    for column in columns:
        assert [row[column] for row in rows] == [as_a_cell(text) for text in TEXTS], column
    assert [row["suggestion"] for row in rows] == [as_a_cell(f"{text}!") for text in TEXTS]
    for row in rows:
        for cell in row.values():
            assert not BEGINS_A_FORMULA.match(cell) or re.fullmatch("-?[0-9.]+", cell), cell
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("figure", "column"), [("pages", "Page"), ("authors", "Author")])
def test_figures_hold_the_names_that_pages_were_given(
    owner: FlaskClient, figure: str, column: str
) -> None:
    rows = rows_of(owner.get(f"/statistics/{figure}.csv").text)

    assert sorted(row[column] for row in rows) == sorted(map(as_a_cell, TEXTS))
    assert {row["Reports"] for row in rows} == {"1"}


def test_the_file_of_a_site_holds_every_text_as_it_was_sent(owner: FlaskClient, site: Site) -> None:
    document = json.loads(owner.get(f"/sites/{site.key}/data/export.json").data)

    assert [told(each) for each in document["reports"]] == [
        (text, text, text, f"{text}!") for text in TEXTS
    ]
    submissions = [each for report in document["reports"] for each in report["submissions"]]
    assert [(each["comment"], each["title"]) for each in submissions] == [
        (text, text) for text in TEXTS
    ]


def test_programs_read_every_text_as_it_was_sent(
    client: FlaskClient, site: Site, editor: User
) -> None:
    with write_transaction() as session:
        token = api_tokens.issue(session, editor, site, "Board", SCOPES, None)
    headers = {"Authorization": f"Bearer {token}"}

    listed = client.get("/api/v1/reports?limit=100", headers=headers).get_json()["reports"]
    figure = client.get("/api/v1/statistics/pages", headers=headers).get_json()

    # Latest first.
    assert [told(each) for each in reversed(listed)] == [
        (text, text, text, f"{text}!") for text in TEXTS
    ]
    assert [each["page"]["title"] for each in reversed(listed)] == TEXTS
    assert sorted(row[0] for row in figure["rows"]) == sorted(TEXTS)


def told(report: dict[str, Any]) -> tuple[str, ...]:
    return tuple(report[name] for name in ("before", "exact", "after", "suggestion"))
