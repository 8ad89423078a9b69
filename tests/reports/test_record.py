"""What several submissions do to one report and one page in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from flask import Flask
from sqlalchemy import select
from submissions import PAGE_URL, body_for

from server.database import write_transaction
from server.extensions import db
from server.intake.recording import record
from server.intake.schema import new_submission
from server.models import Announcement, Event, Page, Report, Site, Submission
from server.reports.submission import NewSubmission
from server.text.spam import Reason

LINK = Reason("link", 100, "A link to another site: http://pills.example")

Make = Callable[..., NewSubmission]


@pytest.fixture
def make(app: Flask, site: Site) -> Make:
    """A submission that is not stored yet; ``changes`` as ``body_for`` takes them."""
    site_id = site.id

    def make(*, spam: bool = False, **changes: Any) -> NewSubmission:
        new = new_submission(body_for(Site(key="any"), **changes), site_id, PAGE_URL)
        return replace(new, spam_reasons=(LINK,)) if spam else new

    return make


def store(*batch: NewSubmission) -> None:
    with write_transaction() as session:
        record(session, batch)
    db.session.rollback()


def page() -> Page:
    return db.session.scalars(select(Page)).one()


class TestPage:
    """By what editors know it."""

    SAID: ClassVar = {"page__title": "The harbour", "page__author": "Ann", "page__section": "City"}
    LESS: ClassVar = {"page__title": "", "page__author": "", "page__section": ""}
    LIES: ClassVar = {"page__title": "PILLS", "page__author": "Pill", "page__language": "ru"}

    @pytest.mark.parametrize("honest_first", [True, False])
    def test_spam_beside_an_honest_submission_says_nothing(
        self, make: Make, honest_first: bool
    ) -> None:
        batch = [make(**self.SAID), make(spam=True, **self.LIES)]
        store(*(batch if honest_first else reversed(batch)))

        found = page()
        assert (found.title, found.author, found.section) == ("The harbour", "Ann", "City")
        assert found.language == "en"

    def test_spam_changes_nothing_of_a_page_that_is_known(self, make: Make) -> None:
        store(make(**self.SAID))
        store(make(spam=True, **self.LIES))

        found = page()
        assert (found.title, found.author, found.language) == ("The harbour", "Ann", "en")

    def test_what_is_no_language_is_kept_with_the_submission_and_not_used(self, make: Make) -> None:
        store(make(page__language="en_GB", idempotency_key="a-key-of-the-first"))
        store(make(page__language='" onload="x', idempotency_key="a-key-of-the-second"))

        said = db.session.scalars(select(Submission.language).order_by(Submission.id)).all()
        assert (page().language, said) == ("en-GB", ["en_GB", '" onload="x'])

    def test_language_of_a_page_that_spam_alone_named_is_what_it_says(self, make: Make) -> None:
        store(make(spam=True, **self.LIES))
        assert (page().title, page().language) == ("", "ru")

        store(make(**self.SAID))
        assert (page().title, page().language) == ("The harbour", "en")

    def test_who_says_nothing_takes_nothing_away(self, make: Make) -> None:
        store(make(**self.SAID), make(**self.LESS))

        found = page()
        assert (found.title, found.author, found.section) == ("The harbour", "Ann", "City")

    def test_of_what_several_say_the_last_counts(self, make: Make) -> None:
        store(make(page__title="Former"), make(page__title="Present"), make(page__title=""))

        assert page().title == "Present"


def test_history_is_in_the_order_in_which_it_happened(make: Make) -> None:
    store(make(spam=True), make(), make(spam=True), make())

    report = db.session.scalars(select(Report)).one()
    assert (report.status, report.readers) == ("open", 2)
    events = db.session.scalars(select(Event).order_by(Event.id)).all()
    assert [(event.kind, event.source) for event in events] == [
        ("opened", "widget"),
        ("spam", "rule"),
        ("reopened", "widget"),
        ("joined", "widget"),
    ]
    announced = select(Event.kind).join(Announcement).order_by(Event.id)
    assert db.session.scalars(announced).all() == ["reopened", "joined"]
