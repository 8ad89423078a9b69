"""What is kept of a site: retention, export, erasing one reader's data and the whole site."""

from __future__ import annotations

import csv
import io
import json
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from submissions import EDITOR, ORIGIN, Submit, body_for

from server.database import write_transaction
from server.extensions import db
from server.intake.site_cache import SiteCache
from server.models import AuditEntry, Base, Membership, Report, Site, Submission, User
from server.reports import export
from server.reports.site_erasure import erase_leaving_sites
from server.sites import add_site

READER = "reader@example.org"


@pytest.fixture
def address(editor_client: FlaskClient, site: Site) -> str:
    """Of the page, for the editor who is now an owner."""
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"
    return f"/sites/{site.key}/data"


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def audited(action: str) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == action)))


def test_retention_is_kept(editor_client: FlaskClient, address: str, site: Site) -> None:
    page = editor_client.post(address, data={"retention-days": "90"}, follow_redirects=True).text

    assert "Saved." in page
    db.session.refresh(site)
    assert site.retention_days == 90
    assert audited("site.retention_changed") == ["90"]


@pytest.mark.parametrize("days", ["", "7", "-1", "x", "4000", "9" * 50, "٩٠"])
def test_impossible_retention_is_named(
    editor_client: FlaskClient, address: str, site: Site, days: str
) -> None:
    answer = editor_client.post(address, data={"retention-days": days})

    assert answer.status_code == 422
    assert 'id="retention-retention-days-error"' in answer.text
    db.session.refresh(site)
    assert site.retention_days == 365


@pytest.fixture
def written(submit: Submit) -> None:
    """Three reports with words of their own, the first from two readers."""
    submit(comment="=1+1", email=READER)
    submit(comment="Me too")
    submit(selector__exact="harbuor", suggestion="harbour", page__url=f"{ORIGIN}/two")
    submit(selector__exact="нет", suggestion="да", page__url=f"{ORIGIN}/three")


def test_json_holds_every_report_with_its_submissions(
    editor_client: FlaskClient, address: str, written: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Several batches.
    monkeypatch.setattr(export, "BATCH", 2)

    answer = editor_client.get(f"{address}/export.json")

    document = json.loads(answer.text)
    assert document["site"]["name"] == "The News"
    assert [each["exact"] for each in document["reports"]] == ["recieve", "harbuor", "нет"]
    comments = [each["comment"] for each in document["reports"][0]["submissions"]]
    assert comments == ["=1+1", "Me too"]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert audited("site.exported") == ["export.json"]


def test_export_of_nothing_is_a_document_too(editor_client: FlaskClient, address: str) -> None:
    assert json.loads(editor_client.get(f"{address}/export.json").text)["reports"] == []


@pytest.mark.parametrize("name", ["export.json", "reports.csv", "submissions.csv"])
def test_nothing_that_identifies_a_reader_is_exported(
    editor_client: FlaskClient, address: str, written: None, name: str
) -> None:
    text = editor_client.get(f"{address}/{name}").text

    hashes = db.session.scalars(select(Submission.reader_hash)).all()
    assert hashes
    assert READER not in text
    assert "hash" not in text
    assert not any(each and each.hex() in text for each in hashes)


def test_csv_has_a_row_for_each_and_no_formulas(
    editor_client: FlaskClient, address: str, written: None
) -> None:
    tables = {
        name: list(csv.DictReader(io.StringIO(editor_client.get(f"{address}/{name}.csv").text[1:])))
        for name in ("reports", "submissions")
    }

    assert [row["exact"] for row in tables["reports"]] == ["recieve", "harbuor", "нет"]
    assert [row["readers"] for row in tables["reports"]] == ["2", "1", "1"]
    assert len(tables["submissions"]) == 4
    assert tables["submissions"][0]["comment"] == "'=1+1"
    assert tables["submissions"][0]["report"] == tables["reports"][0]["id"]


def test_other_sites_are_not_exported(
    editor_client: FlaskClient, client: FlaskClient, address: str, written: None
) -> None:
    with write_transaction() as session:
        other = add_site(session, "Another", ["https://another.example"])
        body = body_for(other, page__url="https://another.example/", selector__exact="secrett")
    answer = client.post(
        "/api/v1/submissions", json=body, headers={"Origin": "https://another.example"}
    )
    assert answer.status_code == 201

    assert "secrett" not in editor_client.get(f"{address}/export.json").text


def test_one_readers_data_is_looked_at_and_then_erased(
    editor_client: FlaskClient, address: str, written: None
) -> None:
    page = editor_client.post(f"{address}/look-reader", data={"reader": READER}).text
    assert "submissions 1, addresses 1" in page
    assert count(Submission) == 4

    page = editor_client.post(
        f"{address}/erase-reader", data={"reader": READER}, follow_redirects=True
    ).text
    assert "Erased." in page
    assert count(Submission) == 3
    assert count(Report) == 3
    assert audited("site.reader_erased") == ["submissions: 1"]
    again = editor_client.post(f"{address}/look-reader", data={"reader": READER}).text
    assert "Nothing of this reader is stored here." in again


def test_submission_is_erased_by_its_id(
    editor_client: FlaskClient, address: str, submit: Submit
) -> None:
    answer = submit()
    assert answer.json
    editor_client.post(f"{address}/erase-reader", data={"reader": answer.json["submission"]})

    assert count(Submission) == 0


def test_data_of_another_site_is_out_of_reach(
    editor_client: FlaskClient, client: FlaskClient, address: str
) -> None:
    with write_transaction() as session:
        other = add_site(session, "Another", ["https://another.example"])
        body = body_for(other, page__url="https://another.example/", email=READER)
    answer = client.post(
        "/api/v1/submissions", json=body, headers={"Origin": "https://another.example"}
    )
    assert answer.json

    for reader in (READER, answer.json["submission"]):
        editor_client.post(f"{address}/erase-reader", data={"reader": reader})
    assert count(Submission) == 1


@pytest.mark.parametrize("reader", ["", "nobody", "@", "a@", "%", str(uuid.UUID(int=0))[:-1]])
def test_who_cannot_be_meant_is_named(
    editor_client: FlaskClient, address: str, written: None, reader: str
) -> None:
    for action in ("look", "erase"):
        answer = editor_client.post(f"{address}/{action}-reader", data={"reader": reader})
        assert answer.status_code == 422
        assert 'id="reader-reader-error"' in answer.text
    assert count(Submission) == 4


def test_site_is_erased_for_who_types_its_name(
    app: Flask, editor_client: FlaskClient, client: FlaskClient, address: str, site: Site, written
) -> None:
    key = site.key
    wrong = editor_client.post(f"{address}/erase-site", data={"name": "the news"})
    assert wrong.status_code == 422
    assert 'id="erase-name-error"' in wrong.text

    page = editor_client.post(
        f"{address}/erase-site", data={"name": "The News"}, follow_redirects=True
    ).text
    assert "The News is erased." in page
    assert editor_client.get(f"/sites/{key}").status_code == 404
    app.extensions["site_cache"] = SiteCache()
    assert client.get(f"/w/{key}.js").status_code == 404
    assert audited("site.erased") == ["The News"]
    with write_transaction() as session:
        # Its name is free again, before the worker has come by.
        new = add_site(session, "The News", [ORIGIN]).id

    erase_leaving_sites()

    kept = {"account", "audit_entry", "site", "site_origin", "login_session", "reader_key"}
    left = {
        table.name
        for table in Base.metadata.sorted_tables
        if db.session.scalar(select(func.count()).select_from(table))
    }
    assert left <= kept
    assert db.session.scalars(select(Site.id)).all() == [new]
    assert db.session.scalars(select(User.email)).all() == [EDITOR]
