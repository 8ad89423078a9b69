"""Examining reports: what is stored, when it is done again, and what it may never do."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from submissions import Submit, only_report

from server.database import write_transaction
from server.extensions import db
from server.models import Report, Submission
from server.reports import evidence
from server.reports.evidence import evaluate_pending, main_reason, mark_all_pending
from server.text.evidence import BASE, LIKELY


def seen_from_elsewhere() -> None:
    """The latest submission came from another network."""
    with write_transaction() as session:
        latest = session.scalars(select(Submission).order_by(Submission.id.desc())).first()
        assert latest
        latest.reader_hash = b"another network."


def kinds(report: Report) -> set[str]:
    return {finding["kind"] for finding in report.evidence}


def test_a_new_report_waits_in_the_middle(submit: Submit) -> None:
    submit()

    report = only_report()

    assert (report.score, report.evidence, report.evaluated_at) == (BASE, [], None)


def explained(report: Report) -> list[str]:
    return [str(finding["words"]) for finding in report.evidence]


def test_a_misspelling_is_found_likely_and_explained(submit: Submit) -> None:
    submit()

    assert evaluate_pending() == 1

    report = only_report()
    assert report.score >= LIKELY
    assert {"unknown-near", "becomes-known", "dictionary-agrees"} <= kinds(report)
    assert "“recieve” is not in the dictionary; “receive” is, and looks alike." in explained(report)
    assert main_reason(report) == "not in the dictionary"
    assert evaluate_pending() == 0


def test_a_reader_who_joins_is_evidence(submit: Submit) -> None:
    submit(selector__exact="kombucha", suggestion="")
    evaluate_pending()
    alone = only_report().score

    submit(selector__exact="kombucha", suggestion="")

    assert only_report().evaluated_at is None
    seen_from_elsewhere()
    evaluate_pending()
    assert only_report().score > alone
    assert "2 readers reported it." in explained(only_report())


def test_one_reader_who_reports_again_is_no_further_evidence(submit: Submit) -> None:
    submit(selector__exact="kombucha", suggestion="")
    evaluate_pending()
    alone = only_report().score

    submit(selector__exact="kombucha", suggestion="")
    evaluate_pending()

    assert only_report().readers == 2
    assert only_report().score == alone


def test_what_was_examined_before_a_reader_joined_is_not_stored(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit()
    examine = evidence.examine

    def examine_slowly(*arguments: object) -> object:
        monkeypatch.setattr(evidence, "examine", examine)
        submit()
        return examine(*arguments)

    monkeypatch.setattr(evidence, "examine", examine_slowly)

    evaluate_pending(limit=1)

    assert only_report().evaluated_at is None
    seen_from_elsewhere()
    evaluate_pending()
    assert "readers" in kinds(only_report())


def test_a_language_without_dictionary_is_said_and_harms_nothing(submit: Submit) -> None:
    submit(page__language="tlh")

    evaluate_pending()

    report = only_report()
    assert (
        "This server has no dictionary for the page’s language (tlh), so no word was looked up."
        in explained(report)
    )
    assert "unknown-near" not in kinds(report)


def test_a_text_that_cannot_be_examined_does_not_stop_the_others(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(selector__exact="goverment")
    submit(selector__exact="poison")
    examine = evidence.examine

    def fail(reported: evidence.Reported, *arguments: object) -> object:
        if reported.exact == "poison":
            raise RuntimeError("too strange")
        return examine(reported, *arguments)

    monkeypatch.setattr(evidence, "examine", fail)

    assert evaluate_pending() == 2

    poison, mistake = db.session.scalars(select(Report).order_by(Report.exact.desc()))
    assert (kinds(poison), poison.score) == ({"not-examined"}, BASE)
    assert "unknown-near" in kinds(mistake)
    assert evaluate_pending() == 0


def test_the_newest_reports_come_first(submit: Submit) -> None:
    for word in ("one", "two", "three"):
        submit(selector__exact=word)

    evaluate_pending(limit=1)

    examined = db.session.scalars(select(Report.exact).where(Report.evaluated_at.is_not(None)))
    assert list(examined) == ["three"]


def test_spam_waits_behind_the_rest(submit: Submit) -> None:
    for word in ("mistake", "cheap pills"):
        submit(selector__exact=word)
    with write_transaction() as session:
        session.execute(update(Report).where(Report.exact == "cheap pills").values(status="spam"))

    evaluate_pending(limit=1)

    examined = db.session.scalars(select(Report.exact).where(Report.evaluated_at.is_not(None)))
    assert list(examined) == ["mistake"]
    assert evaluate_pending() == 1


def test_all_reports_are_examined_again_on_demand(submit: Submit) -> None:
    for word in ("one", "two", "three"):
        submit(selector__exact=word)
    evaluate_pending()

    with write_transaction() as session:
        last = mark_all_pending(session)
        assert last is not None
        assert mark_all_pending(session, last) is None

    assert evaluate_pending() == 3


def test_the_surroundings_of_the_quote_stand_in_for_a_sentence(submit: Submit) -> None:
    submit(
        selector__exact="the",
        selector__prefix="down on the ",
        passage__before="",
        passage__after="",
        suggestion="",
    )

    evaluate_pending()

    assert "repeated" in kinds(only_report())
