"""Closing a report from its mail, without logging in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from mail_links import Press, links_of
from smtp_server import MailServer
from sqlalchemy import delete, select, update
from submissions import Submit, close_long_ago

from server import clock, signing
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Event, Membership, PageMute, Report, User
from server.notify.deliver import deliver_due
from server.reports.assignment import assign
from server.reports.resolution import resolve
from server.sites import add_user

ACTIONS = ("fixed", "rejected", "spam")


def events() -> list[tuple[str, str, str | None]]:
    db.session.rollback()
    return [
        (event.kind, event.source, event.actor.email if event.actor else None)
        for event in db.session.scalars(select(Event).order_by(Event.id))
    ]


def close(report: Report, resolution: str = "fixed", by: str = "bob@news.example") -> None:
    """A colleague closes the report in the dashboard."""
    with write_transaction() as session:
        actor = add_user(session, by, "a long password")
        resolve(
            session,
            session.get_one(Report, report.id),
            resolution,
            version=report.version,
            actor=actor,
            source="dashboard",
        )


@pytest.mark.parametrize("action", ACTIONS)
def test_button_closes_the_report_in_the_name_of_who_got_the_mail(
    action: str, links: dict[str, str], press: Press, report: Report
) -> None:
    answer = press(links[action])

    assert answer.status_code == 200
    assert "by you" in answer.text
    db.session.refresh(report)
    assert (report.status, report.version) == (action, 2)
    assert events()[-1] == (action, "mail", "editor@news.example")


def test_opening_a_link_shows_the_report_and_changes_nothing(
    client: FlaskClient, links: dict[str, str], report: Report
) -> None:
    before = events()

    for action in ACTIONS:
        for method in ("GET", "HEAD"):
            answer = client.open(links[action], method=method)
            assert answer.status_code == 200
        page = client.get(links[action]).text
        assert "<mark>recieve</mark>" in page
        assert "<del>recieve</del><ins>receive</ins>" in page
        assert "You act as editor@news.example." in page
    assert client.put(links["fixed"]).status_code == 405

    assert events() == before


def test_report_that_somebody_took_in_hand_can_be_closed_from_the_mail(
    links: dict[str, str], press: Press, report: Report
) -> None:
    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        here = session.get_one(Report, report.id)
        assign(session, here, user, version=1, actor=user, source="dashboard")

    answer = press(links["fixed"])

    assert "by you" in answer.text
    db.session.refresh(report)
    assert (report.status, report.version) == ("fixed", 3)


def test_page_says_who_was_faster_and_offers_no_button(
    client: FlaskClient, links: dict[str, str], report: Report
) -> None:
    close(report, "rejected")

    page = client.get(links["fixed"]).text

    assert "Already rejected" in page
    assert "bob@news.example" in page
    assert "just now" in page
    assert "<form" not in page


def test_of_two_in_the_same_moment_the_second_changes_nothing(
    client: FlaskClient, links: dict[str, str], report: Report
) -> None:
    page = client.get(links["fixed"]).text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    close(report, "rejected")

    answer = client.post(links["fixed"], data={"token": token})

    assert answer.status_code == 409
    assert "Nothing was changed." in answer.text
    assert "Already rejected" in answer.text
    assert events()[-1][0] == "rejected"


def test_link_of_an_older_mail_does_not_close_what_was_opened_again(
    client: FlaskClient,
    links: dict[str, str],
    press: Press,
    report: Report,
    submit: Submit,
    mail_server: MailServer,
) -> None:
    close(report)
    close_long_ago()
    submit()
    db.session.refresh(report)
    assert (report.status, report.version) == ("open", 3)

    page = client.get(links["fixed"]).text

    assert "The report has changed since this mail" in page
    assert "<form" not in page


def test_post_without_the_pages_own_token_changes_nothing(
    client: FlaskClient, links: dict[str, str], report: Report
) -> None:
    other = client.get(links["spam"]).text.partition('name="token" value="')[2].partition('"')[0]

    for token in ("", "forged", other):
        answer = client.post(links["fixed"], data={"token": token})
        assert answer.status_code == 400
        assert "Please press the button once more" in answer.text

    assert [kind for kind, *_ in events()] == ["opened"]


def test_links_end_with_the_membership(
    client: FlaskClient, links: dict[str, str], report: Report
) -> None:
    with write_transaction() as session:
        session.execute(delete(Membership))

    for action in (*ACTIONS, "mute"):
        answer = client.get(links[action])
        assert answer.status_code == 410
        assert "recieve" not in answer.text
        assert client.post(links[action], data={"token": "x"}).status_code == 410
    assert [kind for kind, *_ in events()] == ["opened"]


@pytest.mark.parametrize(
    "change", [{"active": False}, {"fs_uniquifier": "another session"}, {"email": "x@y.example"}]
)
def test_links_end_with_the_account_and_its_sessions(
    change: dict[str, object], client: FlaskClient, links: dict[str, str]
) -> None:
    with write_transaction() as session:
        session.execute(update(User).values(**change))

    assert client.get(links["fixed"]).status_code == 410


def test_viewer_cannot_act(client: FlaskClient, links: dict[str, str]) -> None:
    with write_transaction() as session:
        session.execute(update(Membership).values(role="viewer"))

    assert client.get(links["fixed"]).status_code == 410


def test_changed_or_foreign_link_leads_to_the_dashboard(
    client: FlaskClient, links: dict[str, str]
) -> None:
    token = links["fixed"].rpartition("/")[2]
    for wrong in (f"/mail/rejected/{token}", f"/mail/fixed/{token[:-3]}", "/mail/fixed/nonsense"):
        answer = client.get(wrong)
        assert answer.status_code == 400
        assert "This link does not work" in answer.text
        assert 'href="https://copydesk.example/"' in answer.text
        assert "Who has an account can do the same in the dashboard." in answer.text


def test_old_link_says_so(
    client: FlaskClient, links: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(signing, "now", lambda: later)

    answer = client.get(links["fixed"])

    assert answer.status_code == 410
    assert "This link is too old" in answer.text
    assert "It worked for a time, which is over." in answer.text
    assert "In the dashboard you can do the same." in answer.text


def test_pages_tell_nobody_where_they_are(
    client: FlaskClient, links: dict[str, str], report: Report
) -> None:
    for path in (*links.values(), "/mail/fixed/nonsense"):
        answer = client.get(path)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text


def test_page_speaks_its_recipients_language(
    client: FlaskClient, submit: Submit, mail_server: MailServer
) -> None:
    with write_transaction() as session:
        session.execute(update(User).values(language="ru"))
    submit()
    deliver_due()

    page = client.get(links_of(mail_server)["fixed"]).text

    assert '<html lang="ru" dir="ltr">' in page
    assert "Отметить ошибку как исправленную?" in page


def test_colleagues_cannot_act_through_what_a_delivery_keeps(
    client: FlaskClient, links: dict[str, str]
) -> None:
    delivery = db.session.scalars(select(Delivery)).one()
    tokens = [path.rpartition("/")[2] for path in links.values()]

    assert len(tokens) == 5
    for token in tokens:
        assert token not in delivery.text
        assert token not in delivery.html


class TestMuting:
    def test_button_mutes_and_another_ends_it(
        self, links: dict[str, str], press: Press, client: FlaskClient
    ) -> None:
        assert "This page is muted" in press(links["mute"]).text
        muted = db.session.scalars(select(PageMute)).one()
        assert (muted.address, muted.page.url) == (
            "editor@news.example",
            "https://news.example/harbour",
        )

        assert "Mute this page?" in press(links["mute"]).text
        assert db.session.scalars(select(PageMute)).all() == []

    def test_opening_the_link_mutes_nothing(
        self, links: dict[str, str], client: FlaskClient
    ) -> None:
        client.get(links["mute"])
        client.post(links["mute"])

        assert db.session.scalars(select(PageMute)).all() == []
