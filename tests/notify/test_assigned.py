"""Who is told that a report was assigned, over HTTP and by a real mail server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask.testing import FlaskClient
from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import EDITOR, PASSWORD, Submit
from telling import Deliveries, texts

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import Membership, Report, Site, User
from server.notify.deliver import deliver_due
from server.notify.subscriptions import Choices, choose, stop
from server.people import remove_member
from server.sites import add_member, add_user

ANN = "ann@news.example"
Assign = Callable[..., None]


@pytest.fixture
def ann(editor: User, site: Site) -> User:
    """A second editor."""
    with write_transaction() as session:
        user = add_user(session, ANN, PASSWORD)
        add_member(session, user, session.get_one(Site, site.id))
    return user


@pytest.fixture
def assign(
    editor_client: FlaskClient, ann: User, submit: Submit, mail_server: MailServer
) -> Assign:
    """Assign the report of a word, which readers sent before, as the editor."""
    mail_server.messages.clear()
    for exact in ("recieve", "harbor"):
        submit(selector__exact=exact)

    def assign(exact: str, address: str = ANN, action: str = "assign") -> None:
        db.session.rollback()
        report = db.session.scalars(select(Report).where(Report.exact == exact)).one()
        answer = editor_client.post(
            f"/reports/{report.public_id}/{action}",
            data={"version": report.version, "assignee": address},
        )
        assert answer.status_code == 303

    return assign


def owed(deliveries: Deliveries) -> list[tuple[str, int]]:
    """To whom, and about how many reports."""
    return [
        (each.recipient, len(each.reports)) for each in deliveries() if each.collects == "assigned"
    ]


def told(mail_server: MailServer) -> tuple[EmailMessage, str]:
    """The mail about it among those about new reports."""
    (found,) = (
        (message, text)
        for message, text in zip(mail_server.messages, texts(mail_server), strict=True)
        if "assigned" in message["Subject"] or "назначен" in message["Subject"]
    )
    return found


def test_who_gets_reports_is_told_of_all_in_one_mail(
    assign: Assign, deliveries: Deliveries, make_due: Callable[[], None], mail_server: MailServer
) -> None:
    assign("recieve")
    assign("harbor")

    assert owed(deliveries) == [(ANN, 2)]
    make_due()
    deliver_due()

    message, text = told(mail_server)
    assert message["To"] == ANN
    assert message["Subject"] == "[The News] 2 reports are assigned to you"
    assert f"Assigned by {EDITOR}." in text
    assert "[[recieve]]" in text
    assert "[[harbor]]" in text
    assert "/?view=mine&site=ck_" in text


def test_who_takes_a_report_gets_no_mail(assign: Assign, deliveries: Deliveries) -> None:
    assign("recieve", action="take")
    assign("harbor", EDITOR)

    assert owed(deliveries) == []


def test_what_is_undone_in_time_is_not_told(assign: Assign, deliveries: Deliveries) -> None:
    assign("recieve")
    assign("harbor")

    assign("recieve", action="undo")
    assert owed(deliveries) == [(ANN, 1)]
    assign("harbor", "")
    assert owed(deliveries) == []


def test_other_who_gets_it_is_told_instead(assign: Assign, deliveries: Deliveries) -> None:
    assign("recieve")
    assign("recieve", EDITOR)
    assert owed(deliveries) == []

    assign("recieve")
    assert owed(deliveries) == [(ANN, 1)]


def test_it_waits_for_the_end_of_quiet_hours(
    assign: Assign, deliveries: Deliveries, site: Site, ann: User
) -> None:
    moment = now()
    minute = moment.hour * 60 + moment.minute
    quiet = Choices(quiet_from=(minute - 60) % 1_440, quiet_until=(minute + 120) % 1_440)
    with write_transaction() as session:
        choose(session, site.id, session.get_one(User, ann.id), quiet)

    assign("recieve")

    (delivery,) = (each for each in deliveries() if each.collects == "assigned")
    assert delivery.due_at == moment.replace(second=0, microsecond=0) + timedelta(hours=2)


def test_who_wants_none_is_not_told(
    assign: Assign, deliveries: Deliveries, site: Site, ann: User
) -> None:
    with write_transaction() as session:
        choose(session, site.id, session.get_one(User, ann.id), Choices(assigned=False))

    assign("recieve")

    assert owed(deliveries) == []


def test_who_unsubscribed_is_not_told(
    assign: Assign, deliveries: Deliveries, site: Site, ann: User
) -> None:
    with write_transaction() as session:
        stop(session, site.id, ANN)

    assign("recieve")

    assert owed(deliveries) == []


def test_mail_is_in_the_language_of_who_gets_it(
    assign: Assign,
    deliveries: Deliveries,
    make_due: Callable[[], None],
    mail_server: MailServer,
    ann: User,
) -> None:
    with write_transaction() as session:
        session.get_one(User, ann.id).language = "ru"

    assign("recieve")
    make_due()
    deliver_due()

    message, text = told(mail_server)
    assert f"Назначил(а): {EDITOR}." in text
    assert message["Subject"] == "[The News] Вам назначено 1 сообщение"


@pytest.mark.parametrize(("sent", "kept"), [({"assigned": "1"}, True), ({}, False)])
def test_choice_is_made_on_the_notifications_page(
    editor_client: FlaskClient, site: Site, sent: dict[str, str], kept: bool
) -> None:
    page = editor_client.get("/notifications").text
    assert 'name="assigned" value="1" checked' in page

    page = editor_client.post(
        f"/notifications/{site.key}", data={"mode": "daily", **sent}, follow_redirects=True
    ).text

    assert ('name="assigned" value="1" checked' in page) is kept


def test_viewer_is_not_asked(editor_client: FlaskClient, site: Site) -> None:
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "viewer"

    assert (
        '<input type="hidden" name="assigned" value="1">'
        in editor_client.get("/notifications").text
    )


def test_who_left_the_site_meanwhile_reads_nothing_of_it(
    assign: Assign,
    deliveries: Deliveries,
    make_due: Callable[[], None],
    mail_server: MailServer,
    site: Site,
    ann: User,
) -> None:
    assign("recieve")
    with write_transaction() as session:
        user, here = session.get_one(User, ann.id), session.get_one(Site, site.id)
        remove_member(session, user, here, actor=None)
    make_due()
    deliver_due()

    assert not [each for each in mail_server.messages if "assigned" in each["Subject"]]
    failed = {each.recipient: each.last_error for each in deliveries() if each.state == "failed"}
    assert failed == {ANN: "Nobody hears of the site at this address any more."}


def test_what_somebody_else_took_meanwhile_is_not_told(
    assign: Assign,
    deliveries: Deliveries,
    make_due: Callable[[], None],
    mail_server: MailServer,
    editor: User,
) -> None:
    assign("recieve")
    with write_transaction() as session:
        session.execute(update(Report).values(assignee_id=editor.id))
    make_due()
    deliver_due()

    assert ANN not in [
        str(each["To"]) for each in mail_server.messages if "assigned" in each["Subject"]
    ]
    failed = {each.recipient: each.last_error for each in deliveries() if each.state == "failed"}
    assert failed == {ANN: "What was assigned is somebody else's by now."}
