"""Spam is kept and shown among the spam; nobody is mailed, and its sender learns nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import ORIGIN, Submit, only_report

from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Announcement, Event, Page, ReaderContact, Report, Site, Submission
from server.reports.blocks import add_block
from server.reports.comments import latest_comments
from server.reports.evidence import evaluate_pending
from server.reports.readers import independent_readers
from server.sites import change_site

SPAM = "Buy at http://pills.example"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, spam_pages="10/minute", spam_places="8/10 minute")


def addresses_to_thank() -> list[str]:
    """Those whose submission counts."""
    left = select(ReaderContact.email).join(Submission).where(Submission.spam.is_(False))
    return list(db.session.scalars(left))


def mails() -> int:
    """How often editors are told of something new."""
    db.session.rollback()
    kinds = db.session.scalars(
        select(Event.kind).join(Announcement).where(Event.source == "widget")
    )
    return len([kind for kind in kinds if kind in ("opened", "reopened")])


def test_links_in_the_comment_go_among_the_spam_instead_of_the_mail(submit: Submit) -> None:
    answer = submit(comment=SPAM)

    assert (answer.status_code, answer.json["status"], answer.json["readers"]) == (201, "new", 1)
    report = only_report()
    assert report.status == "spam"
    assert [(event.kind, event.source) for event in report.events] == [
        ("opened", "widget"),
        ("spam", "rule"),
    ]
    assert report.submissions[0].spam_reasons[0]["kind"] == "link"
    assert mails() == 0


def test_honeypot_filled_goes_among_the_spam_and_gets_the_usual_answer(submit: Submit) -> None:
    answer = submit(website="https://pills.example")

    assert answer.status_code == 201
    assert set(answer.json) == {"submission", "status", "readers"}
    assert only_report().status == "spam"


def test_minimum_time_alone_refuses_and_hides_nothing(submit: Submit) -> None:
    assert submit(elapsed_ms=3).status_code == 201
    assert only_report().status == "open"
    assert mails() == 1


def test_text_in_another_script_than_the_page_goes_among_the_spam(submit: Submit) -> None:
    submit(comment="Купить дешёвые таблетки без рецепта")

    assert only_report().status == "spam"


def test_many_different_pages_in_a_minute_go_among_the_spam(submit: Submit) -> None:
    for number in range(12):
        assert submit(page__url=f"{ORIGIN}/{number}").status_code == 201

    statuses = [report.status for report in db.session.scalars(select(Report).order_by(Report.id))]
    assert statuses == ["open"] * 10 + ["spam"] * 2
    assert mails() == 10


def test_many_reports_on_one_page_are_a_diligent_reader(submit: Submit) -> None:
    for number in range(15):
        submit(selector__exact=f"mistake {number}")

    assert {report.status for report in db.session.scalars(select(Report))} == {"open"}


def test_the_same_text_at_many_places_goes_among_the_spam(submit: Submit) -> None:
    for number in range(10):
        submit(selector__exact=f"word {number}", comment="Visit the best shop in town!")

    statuses = [report.status for report in db.session.scalars(select(Report).order_by(Report.id))]
    assert statuses == ["open"] * 8 + ["spam"] * 2


def test_the_same_correction_of_the_same_word_is_no_repetition(submit: Submit) -> None:
    for number in range(10):
        submit(
            selector__exact="teh Ministry of Truth",
            selector__prefix=f"{number} times before ",
            suggestion="the Ministry of Truth",
        )

    assert {report.status for report in db.session.scalars(select(Report))} == {"open"}


def test_spam_on_a_known_place_counts_as_no_reader_and_changes_nothing(submit: Submit) -> None:
    submit(suggestion="", comment="A real reader")
    before = only_report().last_submitted_at

    answer = submit(comment=SPAM, suggestion="pills", page__title="PILLS", email="a@pills.example")

    assert (answer.status_code, answer.json["status"], answer.json["readers"]) == (200, "known", 2)
    report = only_report()
    assert (report.status, report.readers, report.suggestion) == ("open", 1, "")
    assert report.last_submitted_at == before
    assert report.page.title == "The harbour"
    assert [event.kind for event in report.events] == ["opened"]
    assert mails() == 1
    assert latest_comments(db.session(), report) == ["A real reader"]
    assert addresses_to_thank() == []
    assert independent_readers(db.session(), report.id) == 1


def test_spam_does_not_open_a_closed_report(submit: Submit) -> None:
    submit()
    report = only_report()
    report.status, report.resolved_at = "fixed", now() - timedelta(days=2)
    db.session.commit()

    assert submit(comment=SPAM).json["status"] == "known"
    assert only_report().status == "fixed"


def test_an_honest_reader_opens_what_spam_had_named_first(submit: Submit) -> None:
    submit(comment=SPAM, suggestion="pills", passage__before="PILLS ")

    answer = submit(comment="A real reader")

    assert (answer.status_code, answer.json["status"]) == (200, "known")
    report = only_report()
    assert (report.status, report.readers, report.suggestion) == ("open", 1, "receive")
    assert report.before == "The council has begun to "
    assert mails() == 1
    assert latest_comments(db.session(), report) == ["A real reader"]


def test_repeated_spam_gets_the_first_answer_again(submit: Submit) -> None:
    answers = [submit(comment=SPAM, idempotency_key="the-same-key-0123456789") for _ in range(2)]

    assert answers[0].json == answers[1].json
    assert len(db.session.scalars(select(Submission)).all()) == 1


def test_a_site_may_welcome_links(submit: Submit, site: Site) -> None:
    with write_transaction() as session:
        change_site(session.get_one(Site, site.id), links_allowed=True)

    submit(comment=SPAM)

    assert only_report().status == "open"


@pytest.mark.parametrize(
    ("kind", "pattern"), [("word", "pills"), ("url", "https://news.example/harb*")]
)
def test_what_a_site_blocks_goes_among_the_spam(
    submit: Submit, site: Site, kind: str, pattern: str
) -> None:
    with write_transaction() as session:
        add_block(session, session.get_one(Site, site.id), kind, pattern)

    assert submit(comment="Pills!").status_code == 201
    assert only_report().status == "spam"
    assert pattern in only_report().submissions[0].spam_reasons[0]["words"]


def test_spam_names_no_page_for_editors(submit: Submit) -> None:
    submit(comment=SPAM, page__title="BUY PILLS")

    assert db.session.scalars(select(Page.title)).one() == ""


class TestEditors:
    """What they see of it, and how they take it back."""

    def view(self, client: FlaskClient, name: str) -> str:
        return client.get(f"/?view={name}").text

    def test_the_spam_view_says_why(self, submit: Submit, editor_client: FlaskClient) -> None:
        submit(comment=SPAM)

        page = self.view(editor_client, "spam")
        assert "A link to another site: http://pills.example" in page
        assert "Taken for spam" in page
        assert "recieve" not in self.view(editor_client, "open")

    def test_the_report_says_why_and_who_said_so(
        self, submit: Submit, editor_client: FlaskClient
    ) -> None:
        submit(comment=SPAM)

        page = editor_client.get(f"/reports/{only_report().public_id}").text
        assert "A link to another site: http://pills.example" in page
        assert "Marked as spam by a rule" in page

    def test_spam_on_an_open_report_is_marked_there(
        self, submit: Submit, editor_client: FlaskClient
    ) -> None:
        submit()
        submit(comment=SPAM)

        page = editor_client.get(f"/reports/{only_report().public_id}").text
        assert "Taken for spam" in page
        assert "pills" not in self.view(editor_client, "open")

    def test_reopening_says_that_it_is_no_spam_and_tells_the_others_as_of_a_new_report(
        self, app: Flask, submit: Submit, editor_client: FlaskClient
    ) -> None:
        submit(comment=SPAM, email="ann@example.org")
        report = only_report()

        editor_client.post(f"/reports/{report.public_id}/reopen", data={"version": report.version})

        report = only_report()
        assert report.status == "open"
        assert latest_comments(db.session(), report) == [SPAM]
        assert addresses_to_thank() == ["ann@example.org"]
        assert mails() == 1

    def test_reopening_is_one_piece_of_news_and_evidence_is_gathered_anew(
        self, app: Flask, submit: Submit, editor_client: FlaskClient
    ) -> None:
        submit(comment=SPAM)
        evaluate_pending()
        report = only_report()
        assert report.evaluated_at is not None

        editor_client.post(f"/reports/{report.public_id}/reopen", data={"version": report.version})

        assert only_report().evaluated_at is None
        kinds = db.session.scalars(select(Event.kind).join(Announcement)).all()
        assert kinds == ["opened"]

    def test_what_an_editor_called_spam_is_reopened_without_a_mail(
        self, submit: Submit, editor_client: FlaskClient
    ) -> None:
        submit()
        report = only_report()
        for action in ("spam", "reopen"):
            editor_client.post(
                f"/reports/{report.public_id}/{action}", data={"version": only_report().version}
            )

        assert only_report().status == "open"
        assert mails() == 1


class TestFloodedPage:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, spam_page_places="5/day", spam_pages="1000/minute")

    def test_more_places_than_a_page_has_mistakes_go_among_the_spam(self, submit: Submit) -> None:
        for number in range(7):
            submit(selector__exact=f"mistake {number}")
        submit(page__url=f"{ORIGIN}/elsewhere")

        found = db.session.scalars(select(Report).order_by(Report.id)).all()
        assert [each.status for each in found] == ["open"] * 5 + ["spam"] * 2 + ["open"]
        assert found[6].submissions[0].spam_reasons[0]["kind"] == "flooded-page"
        assert mails() == 6

    def test_readers_of_the_known_places_of_a_flooded_page_are_heard(self, submit: Submit) -> None:
        submit()
        for number in range(9):
            submit(selector__exact=f"mistake {number}")

        answer = submit()

        assert (answer.json["status"], answer.json["readers"]) == ("known", 2)
        first = db.session.scalars(select(Report).order_by(Report.id)).first()
        assert first is not None
        assert (first.status, first.readers) == ("open", 2)

    def test_spam_uses_up_nothing_of_what_a_page_may_get(self, submit: Submit) -> None:
        for number in range(9):
            submit(selector__exact=f"word {number}", comment=SPAM)
        submit()

        db.session.rollback()
        statuses = db.session.scalars(select(Report.status).order_by(Report.id)).all()
        assert statuses == ["spam"] * 9 + ["open"]
