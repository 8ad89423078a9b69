"""Owners invite; who is invited joins."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from log_ins import log_in
from smtp_server import MailServer
from sqlalchemy import func, select
from submissions import EDITOR, PASSWORD

from server import people as domain
from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry, Delivery, Invitation, Membership, User
from server.notify.account_mail import forget_account_mail, forget_invitations
from server.notify.deliver import deliver_due
from server.notify.links import INVITATION_DAYS
from server.sites import add_member, add_site, add_user, find_user

BO = "bo@news.example"
CHOSEN = {"password": "seven green kettles sing", "password_confirm": "seven green kettles sing"}

LinkIn = Callable[[], str]


def send(client: FlaskClient, path: str, **form: str) -> str:
    answer = client.post(path, data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def roles() -> dict[str, str]:
    db.session.rollback()
    return {each.user.email: each.role for each in db.session.scalars(select(Membership))}


def with_other_signature(token: str) -> str:
    # The first character of it: the last one has bits that mean nothing.
    start, _, signature = token.rpartition(".")
    return f"{start}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.fixture
def invited(owner_client: FlaskClient, people: str, link_in_last_mail: LinkIn) -> str:
    """The link of an invitation as editor that was sent to bo@news.example."""
    page = send(owner_client, f"{people}/invite", email="Bo@News.example", role="editor")
    assert f"{BO} is invited." in page
    return link_in_last_mail()


class TestNewPerson:
    def test_mail_says_who_invites_to_what(self, invited: str, mail_server: MailServer) -> None:
        message = mail_server.messages[-1]

        assert message["To"] == BO
        assert message["Subject"] == "The News invites you to Copydesk"
        text = str(message.get_body(("plain",)).get_content())
        assert EDITOR in text
        assert "editor" in text

    def test_chooses_a_password_and_is_in(self, app: Flask, invited: str) -> None:
        client = app.test_client()
        page = client.get(invited).text
        assert "Join The News" in page
        assert BO in page

        answer = client.post(invited, data=CHOSEN)

        assert answer.location == "/"
        assert "You are a member of The News now." in client.get("/").text
        assert roles()[BO] == "editor"
        assert log_in(app.test_client(), BO, CHOSEN["password"])
        assert {"member.invited", "member.joined"} <= set(actions())

    def test_link_is_good_once(self, app: Flask, invited: str) -> None:
        app.test_client().post(invited, data=CHOSEN)

        again = app.test_client().get(invited)

        assert again.status_code == 410
        assert "This invitation is over" in again.text

    def test_opening_it_changes_nothing(self, app: Flask, invited: str) -> None:
        assert app.test_client().get(invited).status_code == 200
        assert find_user(db.session(), BO) is None

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"password": "short", "password_confirm": "short"}, "at least 10 characters"),
            ({"password": BO, "password_confirm": BO}, "must not be the e-mail address"),
            ({**CHOSEN, "password_confirm": "another long one"}, "are not the same"),
            ({}, "at least 10 characters"),
        ],
    )
    def test_password_that_will_not_do_is_refused_with_the_reason(
        self, app: Flask, invited: str, form: dict[str, str], words: str
    ) -> None:
        answer = app.test_client().post(invited, data=form)

        assert answer.status_code == 422
        assert words in answer.text
        assert find_user(db.session(), BO) is None

    @pytest.mark.parametrize("forge", [lambda _: "x", lambda _: "AA.BB.CC", with_other_signature])
    def test_forged_link_leads_nowhere(
        self, app: Flask, invited: str, forge: Callable[[str], str]
    ) -> None:
        forged = "/invitation/" + forge(invited.rpartition("/")[2])

        assert app.test_client().get(forged).status_code == 410
        assert app.test_client().post(forged, data=CHOSEN).status_code == 410

    def test_it_expires(self, app: Flask, invited: str) -> None:
        with time_machine.travel(now() + timedelta(days=INVITATION_DAYS, minutes=1)):
            assert app.test_client().get(invited).status_code == 410
            assert app.test_client().post(invited, data=CHOSEN).status_code == 410
        assert find_user(db.session(), BO) is None


class TestKnownPerson:
    @pytest.fixture
    def bo(self, editor_client: FlaskClient) -> User:
        with write_transaction() as session:
            user = add_user(session, BO, PASSWORD)
            other = add_site(session, "Elsewhere", ["https://elsewhere.example"])
            add_member(session, user, other, "viewer")
        return user

    def test_joins_by_confirming_alone(self, app: Flask, bo: User, invited: str) -> None:
        client = app.test_client()
        assert "password" not in client.get(invited).text.lower()

        answer = client.post(invited)

        assert answer.location == "/login"
        assert sorted(each.role for each in find_user(db.session(), BO).memberships) == [
            "editor",
            "viewer",
        ]

    def test_keeps_the_password(self, app: Flask, bo: User, invited: str) -> None:
        app.test_client().post(invited, data=CHOSEN)

        assert log_in(app.test_client(), BO, PASSWORD)

    def test_closed_account_does_not_come_back_by_an_invitation(
        self, app: Flask, bo: User, invited: str
    ) -> None:
        with write_transaction() as session:
            session.get_one(User, bo.id).active = False

        assert app.test_client().post(invited).status_code == 410
        assert not find_user(db.session(), BO).active

    def test_who_is_logged_in_as_another_stays_that(
        self, app: Flask, bo: User, invited: str, owner_client: FlaskClient
    ) -> None:
        owner_client.post(invited)

        assert EDITOR in owner_client.get("/account").text


class TestPendingInvitations:
    def the_id(self) -> str:
        return str(db.session.scalars(select(Invitation.public_id)).one())

    def test_withdrawn_one_is_worthless(
        self, app: Flask, owner_client: FlaskClient, people: str, invited: str
    ) -> None:
        page = send(owner_client, f"{people}/withdraw", id=self.the_id())

        assert f"The invitation of {BO} is withdrawn." in page
        assert app.test_client().get(invited).status_code == 410

    def test_withdrawn_before_it_was_sent_is_never_sent(
        self, owner_client: FlaskClient, people: str, mail_server: MailServer
    ) -> None:
        send(owner_client, f"{people}/invite", email=BO, role="editor")
        send(owner_client, f"{people}/withdraw", id=self.the_id())

        deliver_due()

        assert mail_server.messages == []

    def test_is_sent_again_but_not_at_once(
        self, owner_client: FlaskClient, people: str, invited: str, mail_server: MailServer
    ) -> None:
        refused = owner_client.post(f"{people}/resend", data={"id": self.the_id()})
        with time_machine.travel(now() + timedelta(minutes=6)):
            send(owner_client, f"{people}/resend", id=self.the_id())
            deliver_due()

        assert refused.status_code == 422
        assert "only minutes old" in refused.text
        assert [message["To"] for message in mail_server.messages] == [BO, BO]

    def test_resending_lets_an_expired_one_live_again(
        self,
        app: Flask,
        owner_client: FlaskClient,
        people: str,
        invited: str,
        link_in_last_mail: LinkIn,
    ) -> None:
        with time_machine.travel(now() + timedelta(days=INVITATION_DAYS + 1)):
            log_in(owner_client)
            assert "expired" in owner_client.get(people).text
            send(owner_client, f"{people}/resend", id=self.the_id())
            assert app.test_client().get(link_in_last_mail()).status_code == 200

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"email": "nobody", "role": "editor"}, "@"),
            ({"email": EDITOR, "role": "editor"}, "is already a member"),
            ({"email": BO, "role": "editor"}, "is already invited"),
            ({"email": "cy@news.example", "role": "king"}, "must be one of"),
        ],
    )
    def test_what_cannot_be_invited_is_refused_beside_its_field(
        self, owner_client: FlaskClient, people: str, invited: str, form: dict[str, str], words: str
    ) -> None:
        answer = owner_client.post(f"{people}/invite", data=form)

        assert answer.status_code == 422
        assert re.search(rf'class="error"[^>]*>[^<]*{words}', answer.text), answer.text
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 1

    def test_there_is_an_end_to_them(
        self,
        owner_client: FlaskClient,
        people: str,
        invited: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(domain, "MAX_PENDING", 1)

        answer = owner_client.post(
            f"{people}/invite", data={"email": "cy@news.example", "role": "editor"}
        )

        assert answer.status_code == 422
        assert "Withdraw some first" in answer.text


def test_invitations_that_expired_long_ago_are_forgotten(invited: str) -> None:
    with time_machine.travel(now() + timedelta(days=INVITATION_DAYS + 29)):
        assert forget_invitations() == 0
    with time_machine.travel(now() + timedelta(days=INVITATION_DAYS + 31)):
        assert forget_invitations() == 1


class TestSecrets:
    def test_no_page_and_no_row_keeps_the_link(
        self, owner_client: FlaskClient, invited: str
    ) -> None:
        token = invited.rpartition("/")[2]
        delivery = db.session.scalars(select(Delivery)).one()

        assert delivery.state == "sent"
        assert token not in delivery.text + delivery.html + str(delivery.details)
        assert BO not in owner_client.get("/deliveries").text
        assert owner_client.get(f"/deliveries/{delivery.public_id}").status_code == 404

    def test_mail_itself_is_forgotten_after_a_while(self, app: Flask, invited: str) -> None:
        assert forget_account_mail() == 0
        with time_machine.travel(now() + timedelta(days=31)):
            assert forget_account_mail() == 1
