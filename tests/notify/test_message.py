"""What an editor reads, and its form on the wire."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import Submit, close_long_ago

from server import clock
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Event, Report, Site
from server.notify.deliver import deliver_due
from server.reports.resolution import resolve
from server.text.quoting import quoted


def the_mail(server: MailServer) -> EmailMessage:
    """Send what is owed and give the last message that came."""
    deliver_due()
    return server.messages[-1]


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_hebrew_and_japanese_arrive_as_they_were_sent(
    submit: Submit, mail_server: MailServer
) -> None:
    submit(
        selector__exact="ירושליים",
        passage__before="אתמול ביקר ראש העיר של ",
        passage__after=" בנמל.",
        suggestion="ירושלים",
        page__title="市役所、新システム導入へ",
        page__language="he",
    )

    mail = the_mail(mail_server)

    assert "> אתמול ביקר ראש העיר של [[ירושליים]] בנמל." in part(mail, "plain")
    assert "> [-ירושליים-]{+ירושלים+}" in part(mail, "plain")
    assert '<blockquote dir="auto" lang="he"' in part(mail, "html")
    assert "市役所、新システム導入へ</bdi></a>" in part(mail, "html")


def test_long_japanese_line_is_not_torn_apart(submit: Submit, mail_server: MailServer) -> None:
    sentence = "市役所は来年度から新しい" * 20
    submit(passage__before=sentence)

    assert f"> {sentence}[[recieve]]" in part(the_mail(mail_server), "plain")


def test_direction_and_control_characters_are_shown_not_obeyed(
    submit: Submit, mail_server: MailServer
) -> None:
    submit(selector__exact="abc\u202edef\u2066", comment="\x07\u200b", page__title="T\u202eitle")

    mail = the_mail(mail_server)

    for text in (part(mail, "plain"), part(mail, "html")):
        assert "abc⟨RLO⟩def⟨LRI⟩" in text
        assert "⟨U+0007⟩⟨ZWSP⟩" in text
        assert "T⟨RLO⟩itle" in text


def test_a_readers_lines_cannot_pass_for_ours(submit: Submit, mail_server: MailServer) -> None:
    forged = "Fix it here:\nhttps://evil.example/\u2028-- \rmore"
    submit(comment=forged, page__title=f"Title\n{forged}", suggestion=f"receive\n{forged}")

    lines = part(the_mail(mail_server), "plain").splitlines()

    assert [
        line for line in lines if line.startswith(("https://evil", "Fix it here", "more"))
    ] == []
    assert lines.count("-- ") == 1


def test_same_comment_of_several_readers_is_shown_once(
    submit: Submit, mail_server: MailServer
) -> None:
    submit(comment="Also in the headline.")
    submit(comment="Also in the headline.")

    text = part(the_mail(mail_server), "plain")

    assert text.count("Also in the headline.") == 1
    assert text.startswith("2 readers of The News reported a mistake on this page:")


def test_report_without_suggestion_has_no_correction(
    submit: Submit, mail_server: MailServer
) -> None:
    submit(suggestion="")

    mail = the_mail(mail_server)

    assert "Suggested" not in part(mail, "plain")
    assert "Suggested" not in part(mail, "html")


def test_page_without_title_goes_by_its_address(submit: Submit, mail_server: MailServer) -> None:
    submit(page__title="")

    assert ">https://news.example/harbour</bdi></a>" in part(the_mail(mail_server), "html")


def test_link_jumps_to_the_words_also_behind_an_anchor(
    submit: Submit, mail_server: MailServer, site: Site
) -> None:
    submit(page__url="https://news.example/harbour?page=2#part-3")

    assert "https://news.example/harbour?page=2#:~:text=recieve" in part(
        the_mail(mail_server), "plain"
    )


def test_mails_about_a_report_are_one_thread(
    submit: Submit, mail_server: MailServer, site: Site
) -> None:
    submit()
    first = the_mail(mail_server)
    report = db.session.scalars(select(Report)).one()
    with write_transaction() as session:
        resolve(
            session,
            session.get_one(Report, report.id),
            "fixed",
            version=report.version,
            actor=None,
            source="dashboard",
        )
    close_long_ago()
    submit()
    second = the_mail(mail_server)

    assert second["Message-ID"] != first["Message-ID"]
    for name in ("Subject", "In-Reply-To", "References", "List-Id"):
        assert second[name] == first[name]
    assert first["In-Reply-To"] == f"<report.{report.public_id}@news.example>"
    assert first["List-Id"] == f"<{site.key}.news.example>"
    assert "It was closed before (fixed, " in part(second, "plain")
    assert db.session.scalars(select(Event.kind).order_by(Event.id)).all()[-1] == "reopened"


def test_subject_is_one_short_line_whatever_the_site_is_called(
    submit: Submit, mail_server: MailServer, site: Site
) -> None:
    submit()
    with write_transaction() as session:
        name = "Новая\u202e\r\nBcc: a@b.example " + "Газета" * 30
        session.execute(update(Site).values(name=name))

    mail = the_mail(mail_server)

    assert str(mail["Subject"]).startswith("[Новая Bcc: a@b.example Газета")
    assert "…] Spelling report " in str(mail["Subject"])
    assert mail["Bcc"] is None


class TestOnTheWire:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        domain = "newsletters.a-publication-with-a-long-name.example"
        return replace(
            settings,
            mail_from=f"Die Rédaction <desk@{domain}>",
            public_url="https://copydesk.example",
        )

    def test_lines_are_short_ascii_and_end_as_they_must(
        self, submit: Submit, mail_server: MailServer
    ) -> None:
        submit(passage__before="é" * 990, comment="x" * 2000, fragment="text=" + "%C3%A9" * 300)
        deliver_due()

        (wire,) = mail_server.raw

        assert wire.isascii()
        head, _, body = wire.partition(b"\r\n\r\n")
        assert max(map(len, head.split(b"\r\n"))) <= 998
        assert max(map(len, body.split(b"\r\n"))) <= 78
        assert b"\n" not in wire.replace(b"\r\n", b"")
        assert "é" * 990 in part(mail_server.messages[0], "plain")

    def test_identifiers_are_never_encoded_or_cut(
        self, submit: Submit, mail_server: MailServer
    ) -> None:
        submit()
        deliver_due()

        headers = message_from_bytes(mail_server.raw[0], policy=policy.compat32)
        report = db.session.scalars(select(Report)).one()
        delivery = db.session.scalars(select(Delivery)).one()
        domain = "newsletters.a-publication-with-a-long-name.example"
        assert headers["Message-ID"] == delivery.message_id
        assert headers["References"] == f"<report.{report.public_id}@{domain}>"

    def test_headers_are_these_and_no_others(
        self, submit: Submit, mail_server: MailServer, site: Site
    ) -> None:
        evil = "x\r\nBcc: victim@example.org\r\n\r\nbody"
        submit(page__title=evil, selector__exact=evil, suggestion=evil, comment=evil)
        deliver_due()

        (wire,) = mail_server.raw
        head = wire.partition(b"\r\n\r\n")[0].decode("ascii")
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        assert sorted(headers) == [
            "Auto-Submitted", "Content-Type", "Date", "Feedback-ID", "From", "In-Reply-To",
            "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Message-ID",
            "References", "Subject", "To", "X-Auto-Response-Suppress",
        ]  # fmt: skip
        assert len(lines) == len(headers)
        assert headers["Auto-Submitted"] == "auto-generated"
        assert headers["Feedback-ID"] == f"report:{site.key}:copydesk"
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = r"<https://copydesk\.example/mail/unsubscribe/[\w.-]+>"
        assert re.fullmatch(link, headers["List-Unsubscribe"])
        assert abs(parsedate_to_datetime(headers["Date"]) - clock.now()) < timedelta(minutes=5)

    def test_text_comes_before_html_in_one_alternative(
        self, submit: Submit, mail_server: MailServer
    ) -> None:
        submit()

        mail = the_mail(mail_server)

        assert mail.get_content_type() == "multipart/alternative"
        kinds = [each.get_content_type() for each in mail.iter_parts()]
        assert kinds == ["text/plain", "text/html"]


def test_mail_stays_short_enough_to_be_shown_whole(
    submit: Submit, mail_server: MailServer, site: Site
) -> None:
    """Gmail cuts a message off after 102 kB."""
    long = {
        "selector__exact": "誤" * 500,
        "passage__before": "前" * 700,
        "passage__after": "後" * 700,
        "page__language": "ja",
    }
    for number in range(12):
        suggestion, comment = f"{number}" + "正" * 490, f"{number}" + "書" * 1500
        assert submit(**long, suggestion=suggestion, comment=comment).status_code < 300

    html = part(the_mail(mail_server), "html")

    assert len(html.encode()) < 60_000
    assert "Open the report" in html


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", "> "),
        ("one\n\ntwo", "> one\n> \n> two"),
        ("a  b\tc", "> a  b\tc"),
        ("word " * 20, "> " + "word " * 14 + "word\n> " + "word " * 4 + "word"),
        ("x" * 100, "> " + "x" * 100),
    ],
)
def test_quoting_keeps_words_and_spaces(text: str, lines: str) -> None:
    assert quoted(text) == lines
