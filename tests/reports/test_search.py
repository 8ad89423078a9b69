"""The full-text search, on both databases."""

from __future__ import annotations

import pytest
from submissions import ORIGIN, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Report, ReportWords, Submission, User
from server.reports import queue
from server.reports.erasure import erase
from server.reports.evidence import evaluate_pending
from server.reports.filters import Filter
from server.sites import add_member, add_site

pytestmark = pytest.mark.usefixtures("database_url")


def found(words: str, view: str = "all") -> list[str]:
    """The mistakes of the reports that a search finds."""
    db.session.rollback()
    user = db.session.query(User).order_by(User.id).first()
    assert user
    listing = queue.reports_in_view(db.session(), user, view, filter=Filter(words=words))
    return [report.exact for report in listing.reports]


@pytest.fixture
def reports(submit: Submit) -> None:
    submit(comment="Reported by the Müllers, twice")
    submit(
        selector__exact="harbor",
        passage__before="Ships leave the ",
        passage__after=" at noon.",
        suggestion="harbour",
    )
    evaluate_pending()


@pytest.mark.parametrize(
    ("words", "mistakes"),
    [
        ("recieve", ["recieve"]),
        ("RECIEVE", ["recieve"]),
        ("receive", ["recieve"]),
        ("council", ["recieve"]),
        ("mullers", ["recieve"]),
        ("letters council", ["recieve"]),
        ("harbour", ["harbor"]),
        ("ships harb", ["harbor"]),
        ("the", ["harbor", "recieve"]),
        ("council ships", []),
        ("counc letters", []),
        ("unheard", []),
    ],
)
def test_search_finds_sentence_correction_and_comment(
    reports: None, words: str, mistakes: list[str]
) -> None:
    assert found(words) == mistakes


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "'",
        "* OR recieve",
        "recieve) OR (harbor",
        "NEAR(ships harbor)",
        "words:recieve",
        "recieve NOT harbor",
        "-recieve -harbor",
        "recieve:* & !harbor",
        "\\",
        "%",
        "a'b\"c\\d",
        "😀",
    ],
)
def test_nothing_that_is_typed_is_the_language_of_the_database(reports: None, words: str) -> None:
    assert found(words) == []


def test_what_a_later_reader_writes_is_found_too(reports: None, submit: Submit) -> None:
    submit(comment="Also on the front page", suggestion="recceive")
    evaluate_pending()

    assert found("front") == ["recieve"]
    assert found("recceive") == ["recieve"]


def test_what_is_erased_is_found_no_more(reports: None) -> None:
    with write_transaction() as session:
        erase(session, [each.id for each in session.query(Submission).filter_by(comment="")])

    assert found("harbour") == []
    assert found("mullers") == ["recieve"]
    with write_transaction() as session:
        erase(session, [each.id for each in session.query(Submission)])
    assert found("mullers") == []
    # What the page says stays.
    assert found("council") == ["recieve"]


def test_a_report_that_goes_is_searched_no_more(reports: None) -> None:
    with write_transaction() as session:
        session.query(Report).filter_by(exact="harbor").delete()

    assert db.session.query(ReportWords).count() == 1
    assert found("ships") == []


def test_reports_of_other_sites_are_never_found(reports: None) -> None:
    with write_transaction() as session:
        other = add_site(session, "Other Times", [ORIGIN])
        user = User(email="other@news.example", password="hashed")
        session.add(user)
        session.flush()
        add_member(session, user, other)

    listing = queue.reports_in_view(
        db.session(), user, "all", filter=Filter(words="council recieve")
    )
    assert list(listing.reports) == []
