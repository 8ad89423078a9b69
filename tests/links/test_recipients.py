"""Recipients without an account act from their mail too, for as long as an owner names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from mail_links import Press, links_of
from smtp_server import MailServer
from sqlalchemy import delete, select
from submissions import Submit

from server import clock, signing
from server.database import write_transaction
from server.extensions import db
from server.models import (
    AuditEntry,
    AuthorAddress,
    Event,
    Membership,
    Report,
    RoutingRule,
    Site,
    Subscription,
)
from server.notify import authors, desk, rules, subscriptions
from server.notify.deliver import deliver_due
from server.text.matching import Conditions

DESK = "desk@news.example"


def by_list(site_id: int) -> None:
    with write_transaction() as session:
        desk.add_recipient(session, site_id, DESK, subscriptions.Choices())


def by_rule(site_id: int) -> None:
    with write_transaction() as session:
        rule = rules.NewRule(conditions=Conditions(path="/harbour"), recipients=[DESK])
        rules.add_rule(session, site_id, rule)


def as_author(site_id: int) -> None:
    with write_transaction() as session:
        authors.add_author(session, site_id, "Ann Author", DESK)
        rule = rules.NewRule(conditions=Conditions(), author_first=True)
        rules.add_rule(session, site_id, rule)


def the_links(submit: Submit, mail_server: MailServer) -> dict[str, str]:
    submit(page__author="Ann Author")
    deliver_due()
    mail_server.messages.sort(key=lambda message: message["To"] == DESK)
    assert mail_server.messages[-1]["To"] == DESK
    return links_of(mail_server)


@pytest.fixture
def site(site: Site) -> Site:
    """Without its editor."""
    with write_transaction() as session:
        session.execute(delete(Membership))
    return site


@pytest.mark.parametrize("name", [by_list, by_rule, as_author])
def test_address_without_account_closes_a_report_and_is_named(
    name: Callable[[int], None],
    site: Site,
    submit: Submit,
    mail_server: MailServer,
    press: Press,
) -> None:
    name(site.id)

    page = press(the_links(submit, mail_server)["fixed"]).text

    assert "by you" in page
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.kind, event.source, event.actor, event.address) == ("fixed", "mail", None, DESK)


def test_who_has_no_account_is_led_to_no_dashboard(
    site: Site,
    submit: Submit,
    mail_server: MailServer,
    client: FlaskClient,
    press: Press,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_list(site.id)
    links = the_links(submit, mail_server)
    body = mail_server.messages[-1].get_body(("html",))
    assert body is not None

    pages = [client.get(link).text for link in links.values()]
    pages += [str(body.get_content()), press(links["mute"]).text, press(links["fixed"]).text]
    later = clock.now() + timedelta(days=1_000)
    monkeypatch.setattr(signing, "now", lambda: later)
    pages += [client.get(link).text for link in links.values()]

    for page in pages:
        assert "dashboard" not in page
        assert "https://copydesk.example/reports/" not in page
        assert 'href="https://copydesk.example/"' not in page


@pytest.mark.parametrize(
    ("name", "table"),
    [(by_list, Subscription), (by_rule, RoutingRule), (as_author, AuthorAddress)],
)
def test_links_end_when_nobody_names_the_address(
    name: Callable[[int], None],
    table: type,
    site: Site,
    submit: Submit,
    mail_server: MailServer,
    client: FlaskClient,
) -> None:
    name(site.id)
    links = the_links(submit, mail_server)
    with write_transaction() as session:
        session.execute(delete(table))

    assert client.get(links["fixed"]).status_code == 410
    assert db.session.scalars(select(Report.status)).one() == "open"


def test_one_click_stops_the_mail_of_that_site(
    site: Site,
    submit: Submit,
    mail_server: MailServer,
    client: FlaskClient,
) -> None:
    by_list(site.id)
    links = the_links(submit, mail_server)

    assert "Unsubscribe?" in client.get(links["unsubscribe"]).text
    assert client.post(links["unsubscribe"]).status_code == 400
    assert db.session.scalars(select(Subscription.mode)).one() == "at_once"
    answer = client.post(links["unsubscribe"], data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.text
    client.post(links["unsubscribe"], data={"List-Unsubscribe": "One-Click"})
    db.session.rollback()
    noted = db.session.scalars(select(AuditEntry)).all()
    assert [(each.site, each.actor, each.action, each.detail) for each in noted] == [
        (site, None, "recipient.stopped", DESK)
    ]
    assert db.session.scalars(select(Subscription.mode)).one() == "never"
    before = len(mail_server.messages)
    submit(selector__exact="teh")
    deliver_due()
    assert len(mail_server.messages) == before
