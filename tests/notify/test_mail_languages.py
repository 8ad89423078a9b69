"""What the recipient's language and time zone change in a mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from smtp_server import MailServer
from sqlalchemy import update
from submissions import Submit

from server.database import write_transaction
from server.language import long_moment, speaking
from server.models import Report, Site, User
from server.notify.deliver import deliver_due
from server.notify.desk import add_recipient
from server.notify.evidence_words import labels_in_this_language, sentence_of
from server.notify.subscriptions import Choices, choose
from server.text.evidence.weights import WEIGHTS


def sent_text(server: MailServer) -> str:
    """Send what is owed and give the text of the last message that came, unwrapped."""
    deliver_due()
    body = server.messages[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_every_kind_of_evidence_can_be_said_in_other_languages(app: Flask) -> None:
    labels = {label for _points, label in WEIGHTS.values() if label} - {"several readers"}

    assert set(labels_in_this_language()) == labels


def test_evidence_is_said_in_words(submit: Submit, mail_server: MailServer, site: Site) -> None:
    submit(page__language="en", passage__before="They took the the ", selector__exact="the")
    with write_transaction() as session:
        session.execute(update(User).values(language="ru"))
        finding = {
            "kind": "repeated",
            "weight": 45,
            "words": "“the” stands there twice.",
            "label": "a word twice",
            "detail": {},
        }
        readers = {
            "kind": "readers",
            "weight": 8,
            "words": "2 readers reported it.",
            "label": "several readers",
            "detail": {},
        }
        session.execute(update(Report).values(evidence=[finding, readers]))

    text = sent_text(mail_server)

    assert "Что об этом известно:\r\n* слово повторено\r\n" in text
    assert "readers" not in text


def test_sentence_of_evidence_is_translated_with_its_quotation(app: Flask) -> None:
    finding = {
        "kind": "unknown",
        "weight": 2,
        "words": "",
        "label": "",
        # Any text of the catalogue that has a place.
        "sentence": "You receive this as an editor of %(site)s.",
        "detail": {"site": "re\u202ecieve"},
    }

    with speaking("ru"):
        said = sentence_of(finding)

    assert "editor" not in said
    assert "«re⟨RLO⟩cieve»" in said


def test_readers_among_the_evidence_are_counted_in_every_language(app: Flask) -> None:
    finding = {"kind": "readers", "sentence": "%(readers)s readers reported it."}

    assert sentence_of({**finding, "detail": {"readers": "2"}}) == "2 readers reported it."


class TestTimeZone:
    """Read from the date on which the links of the mail end."""

    def test_dates_are_in_the_members_own_zone(
        self, submit: Submit, mail_server: MailServer, site: Site, editor: User
    ) -> None:
        with write_transaction() as session:
            user = session.get_one(User, editor.id)
            choose(session, site.id, user, Choices(zone="Asia/Kolkata"))
            session.execute(update(Site).values(zone="Europe/Berlin"))
        submit()

        assert "(Kolkata)." in " ".join(sent_text(mail_server).split())

    @pytest.mark.parametrize(("zone", "named"), [("Europe/Berlin", "Berlin"), ("UTC", "UTC")])
    def test_dates_for_who_chose_none_are_in_the_sites_zone(
        self, submit: Submit, mail_server: MailServer, site: Site, zone: str, named: str
    ) -> None:
        with write_transaction() as session:
            session.execute(update(Site).values(zone=zone))
        submit()

        assert f"({named})." in " ".join(sent_text(mail_server).split())

    def test_recipient_without_account_has_a_zone_too(
        self, submit: Submit, mail_server: MailServer, site: Site, editor: User
    ) -> None:
        with write_transaction() as session:
            choose(session, site.id, session.get_one(User, editor.id), Choices(mode="never"))
            add_recipient(session, site.id, "desk@news.example", Choices(zone="America/New_York"))
        submit()

        assert "(New York)." in " ".join(sent_text(mail_server).split())


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "March 29, 2026, 12:30 AM (UTC)"),
        ("Europe/Berlin", "March 29, 2026, 1:30 AM (Berlin)"),
        ("America/New_York", "March 28, 2026, 8:30 PM (New York)"),
        ("Asia/Kolkata", "March 29, 2026, 6:00 AM (Kolkata)"),
    ],
)
def test_moment_is_the_hour_of_the_zone(app: Flask, zone: str, said: str) -> None:
    assert long_moment(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), zone) == said


def test_moment_after_the_clocks_changed(app: Flask) -> None:
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)

    assert long_moment(moment, "Europe/Berlin") == "March 29, 2026, 3:30 AM (Berlin)"
    with speaking("ru"):
        assert long_moment(moment, "Europe/Berlin") == "29 марта 2026 г., 03:30 (Берлин)"
