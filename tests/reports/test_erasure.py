"""What readers sent goes when its time is over, or when one of them asks; numbers stay true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from commands import Command
from sqlalchemy import func, select, update
from submissions import EDITOR, Submit

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import (
    Delivery,
    DeliveryReport,
    Event,
    Note,
    ReaderContact,
    Report,
    Submission,
    User,
)
from server.reports import erasure
from server.reports.erasure import erase_expired
from server.reports.notes import add_note

SECRET = "Call me, Ann Miller, 555-0100"


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def age(days: int, status: str = "fixed") -> None:
    """Everything was sent, and what is not open was closed, so long ago."""
    moment = now() - timedelta(days=days)
    with write_transaction() as session:
        session.execute(update(Submission).values(received_at=moment))
        session.execute(
            update(Report).values(status=status, resolved_at=None if status == "open" else moment)
        )


def keep_message(text: str = SECRET) -> None:
    """A message about the report, as it was sent."""
    with write_transaction() as session:
        report = session.scalars(select(Report).limit(1)).one()
        event = session.scalars(select(Event.id).limit(1)).one()
        delivery = Delivery(
            site_id=report.site_id,
            report_id=report.id,
            event_id=event,
            recipient=EDITOR,
            message_id="<1@news.example>",
            dedupe_key="1",
            state="sent",
            subject="[The News] Spelling report",
            text=text,
            html=text,
        )
        session.add(delivery)
        session.flush()
        session.add(DeliveryReport(delivery_id=delivery.id, report_id=report.id, event_id=event))


class TestRetention:
    def test_what_readers_wrote_goes_and_the_report_with_its_numbers_stays(
        self, submit: Submit
    ) -> None:
        submit(comment=SECRET, email="ann@example.org")
        submit(comment=SECRET)
        keep_message()
        age(366)

        assert erase_expired() == 2

        assert (count(Submission), count(ReaderContact)) == (0, 0)
        report = db.session.scalars(select(Report)).one()
        assert (report.readers, report.exact, report.status) == (2, "recieve", "fixed")
        assert count(Event) == 2
        delivery = db.session.scalars(select(Delivery).where(Delivery.state == "sent")).one()
        assert (delivery.text, delivery.html, delivery.state) == ("", "", "sent")

    def test_notes_go_with_what_they_may_quote(self, submit: Submit, editor: User) -> None:
        submit(comment=SECRET)
        with write_transaction() as session:
            report = session.scalars(select(Report)).one()
            add_note(session, report, session.get_one(User, editor.id), f"She says: {SECRET}")
        age(364)
        erase_expired()
        assert count(Note) == 1

        age(366)
        erase_expired()

        assert count(Note) == 0

    @pytest.mark.parametrize(("days", "status"), [(364, "fixed"), (366, "open")])
    def test_younger_and_open_reports_stay(self, submit: Submit, days: int, status: str) -> None:
        submit(comment=SECRET)
        age(days, status)

        assert erase_expired() == 0
        assert count(Submission) == 1

    def test_it_works_through_many_in_batches(
        self, submit: Submit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(erasure, "BATCH", 2)
        for number in range(5):
            submit(selector__exact=f"mistake {number}")
        age(400)

        assert erase_expired() == 5
        assert (count(Submission), count(Report)) == (0, 5)

    def test_addresses_go_soon_where_nothing_will_be_sent(self, submit: Submit) -> None:
        submit(email="ann@example.org")
        age(6, "rejected")
        erase_expired()
        assert count(ReaderContact) == 1

        age(8, "rejected")
        erase_expired()

        assert (count(ReaderContact), count(Submission)) == (0, 1)

    def test_addresses_do_not_outlive_retention_on_open_reports(self, submit: Submit) -> None:
        submit(email="ann@example.org")
        age(366, "open")

        erase_expired()

        assert (count(ReaderContact), count(Submission)) == (0, 1)


class TestCommand:
    @pytest.fixture
    def copydesk(self, copydesk: Command) -> Command:
        return lambda *arguments: copydesk("erase", *arguments)

    def test_by_address_it_erases_what_one_reader_sent(
        self, submit: Submit, copydesk: Command
    ) -> None:
        submit(comment=SECRET, email="Ann@example.org", suggestion="receive")
        submit(comment="somebody else", suggestion="receive them")
        submit(selector__exact="else", comment="write to ANN@example.org", suggestion="")
        keep_message()

        result = copydesk("--email", "ann@example.org")

        assert result.exit_code == 0, result.output
        assert "Erased\t2\tsubmissions" in result.output
        assert "Erased\t1\taddresses to thank" in result.output
        assert "Erased\t1\tcorrections" in result.output
        assert "Erased\t1\tmessages' texts" in result.output
        assert db.session.scalars(select(Submission.comment)).all() == ["somebody else"]
        assert count(ReaderContact) == 0
        report = db.session.scalars(select(Report).where(Report.exact == "recieve")).one()
        assert (report.readers, report.suggestion) == (2, "receive them")
        assert set(db.session.scalars(select(Delivery.text))) == {""}

    def test_by_submission(self, submit: Submit, copydesk: Command) -> None:
        public_id = submit(comment=SECRET).json["submission"]
        submit(comment="somebody else")

        assert copydesk("--submission", public_id).exit_code == 0
        assert db.session.scalars(select(Submission.comment)).all() == ["somebody else"]

    def test_a_dry_run_says_the_same_and_erases_nothing(
        self, submit: Submit, copydesk: Command
    ) -> None:
        submit(comment=SECRET, email="ann@example.org")

        would = copydesk("--email", "ann@example.org", "--dry-run").output
        assert (count(Submission), count(ReaderContact)) == (1, 1)
        assert db.session.scalars(select(Report.suggestion)).one() == "receive"
        assert (
            would.replace("Would erase", "Erased") == copydesk("--email", "ann@example.org").output
        )
        assert count(Submission) == 0

    def test_signs_of_patterns_in_an_address_are_letters(
        self, submit: Submit, copydesk: Command
    ) -> None:
        submit(comment="from a.b@example.org")

        assert "Nothing" in copydesk("--email", "a_b@example.org").output
        assert count(Submission) == 1

    @pytest.mark.parametrize("part", ["", " ", "\t", "%", "@", "ann", "ann@", "@example.org"])
    def test_what_is_no_whole_address_erases_nothing(
        self, submit: Submit, copydesk: Command, part: str
    ) -> None:
        submit(comment=SECRET, email="ann@example.org")
        submit(comment="from joann@example.org")

        result = copydesk("--email", part)

        assert (result.exit_code, "--email" in result.output) == (2, True)
        assert (count(Submission), count(ReaderContact)) == (2, 1)

    def test_addresses_that_end_or_begin_alike_are_other_readers(
        self, submit: Submit, copydesk: Command
    ) -> None:
        submit(comment="from ann@example.org")
        submit(comment="from n@example.org.uk")
        submit(comment=SECRET, email="ann@example.org")

        assert "Nothing" in copydesk("--email", "n@example.org").output
        assert (count(Submission), count(ReaderContact)) == (3, 1)

    def test_one_of_both_must_be_named(self, copydesk: Command) -> None:
        assert copydesk().exit_code == 2
        assert copydesk("--submission", "no-id").exit_code == 2
