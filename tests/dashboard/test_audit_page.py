"""The audit log as owners read it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, PASSWORD

import server
from server import audit
from server.audit import forget_old, record
from server.clock import now
from server.dashboard.audit import WORDS
from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry, Channel, Membership, Report, Site, User
from server.notify import mutes, subscriptions
from server.sites import add_member, add_site, add_user

BO = "bo@news.example"


@pytest.fixture
def log(editor_client: FlaskClient, site: Site) -> str:
    """The address of the page. Bo is a member; cy and another site have nothing to do with it."""
    with write_transaction() as session:
        owner = session.scalars(select(Membership)).one()
        owner.role = "owner"
        bo, cy = add_user(session, BO, PASSWORD), add_user(session, "cy@news.example", PASSWORD)
        here = session.get_one(Site, site.id)
        other = add_site(session, "Elsewhere", ["https://elsewhere.example"])
        add_member(session, bo, here, "viewer")
        add_member(session, cy, other, "owner")
        record(session, "member.invited", actor=owner.user, site=here, detail="dee@news.example")
        record(session, "site.renamed", actor=cy, site=other, detail="a foreign secret")
        record(session, "account.passkey_added", actor=bo, detail="bo’s phone")
        record(session, "account.passkey_added", actor=cy, detail="cy’s phone")
    return f"/sites/{site.key}/log"


def test_shows_the_sites_entries_and_those_of_its_members_accounts(
    editor_client: FlaskClient, log: str
) -> None:
    page = editor_client.get(log).text

    for words in ("dee@news.example", "bo’s phone", "invited somebody", EDITOR):
        assert words in page
    for words in ("a foreign secret", "cy’s phone", "cy@news.example"):
        assert words not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"member": BO}, {"bo’s phone"}),
        ({"action": "member.invited"}, {"dee@news.example"}),
        ({"member": BO, "action": "member.invited"}, set()),
        ({"from": "2020-01-01", "to": "2020-12-31"}, set()),
        ({"from": "2020-01-01"}, {"bo’s phone", "dee@news.example"}),
    ],
)
def test_is_narrowed_by_member_action_and_days(
    editor_client: FlaskClient, log: str, query: dict[str, str], shown: set[str]
) -> None:
    page = editor_client.get(log, query_string=query).text

    assert {words for words in ("bo’s phone", "dee@news.example") if words in page} == shown


def test_says_details_in_the_language_of_who_reads(
    editor_client: FlaskClient, log: str, site: Site
) -> None:
    with write_transaction() as session:
        here, bo = (
            session.get_one(Site, site.id),
            session.scalars(select(User).where(User.email == BO)).one(),
        )
        record(session, "account.logged_in", actor=bo, detail="password")
        record(session, "member.role_changed", actor=bo, site=here, detail="x@y.z: viewer → editor")
        record(session, "site.block_added", actor=bo, site=here, detail="word casino")
        record(session, "notifications.chosen", actor=bo, site=here, detail="weekly")
    editor_client.post("/account/language", data={"language": "ru"})

    page = editor_client.get(log).text

    for words in ("пароль", "x@y.z: наблюдатель → редактор", "слово casino", "Каждую неделю"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"member": "cy@news.example"}, 404),
        ({"action": "nothing.done"}, 404),
        ({"from": "yesterday"}, 400),
        ({"before": "9" * 30}, 200),
        ({"before": "-" + "9" * 30}, 200),
        ({"from": "0001-01-01"}, 400),
        ({"to": "9999-12-31"}, 400),
    ],
)
def test_odd_addresses_break_nothing(
    editor_client: FlaskClient, log: str, query: dict[str, str], status: int
) -> None:
    assert editor_client.get(log, query_string=query).status_code == status


def test_says_nothing_of_a_site_that_a_member_had_elsewhere(
    editor_client: FlaskClient, log: str
) -> None:
    with write_transaction() as session:
        bo = session.scalars(select(User).where(User.email == BO)).one()
        record(session, "site.erased", actor=bo, detail="a secret paper")

    assert "a secret paper" not in editor_client.get(log).text


def test_goes_on_page_by_page(
    editor_client: FlaskClient, log: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "PAGE_SIZE", 2)
    with write_transaction() as session:
        here = session.get_one(Site, site.id)
        for number in range(3):
            record(session, "site.renamed", actor=None, site=here, detail=f"name {number}")

    page = editor_client.get(log, query_string={"action": "site.renamed"}).text
    assert "name 2" in page
    assert "name 0" not in page
    following = page.partition('class="paging"')[2].partition('href="')[2].partition('"')[0]
    older = editor_client.get(following.replace("&amp;", "&")).text

    assert "name 0" in older
    assert "who runs the server" in older
    assert "name 2" not in older


def test_text_is_never_markup(editor_client: FlaskClient, log: str, site: Site) -> None:
    with write_transaction() as session:
        here = session.get_one(Site, site.id)
        record(session, "site.renamed", actor=None, site=here, detail="<script>alert(1)</script>")

    assert "<script>alert" not in editor_client.get(log).text


def test_old_entries_are_forgotten(editor: User) -> None:
    with write_transaction() as session:
        record(session, "member.joined", actor=editor, site=editor.memberships[0].site)

    with time_machine.travel(now() + timedelta(days=30)):
        assert forget_old(31) == 0
        assert forget_old(29) == 1
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_every_action_that_is_recorded_has_words() -> None:
    subjects = "account|author|channel|member|notifications|recipient|rule|site|token"
    recorded = {
        action
        for file in Path(server.__file__).parent.rglob("*.py")
        if re.search(r"\brecord\(", text := file.read_text())
        for action in re.findall(rf'"((?:{subjects})\.[a-z_]+)"', text)
        if not action.endswith(".html")
    }

    assert "channel.secret_renewed" in recorded
    assert recorded - WORDS.keys() == set()


def test_recipients_rules_and_authors_are_noted(
    editor_client: FlaskClient, log: str, site: Site
) -> None:
    recipients = f"/sites/{site.key}/recipients"
    for form, values in {
        "add": {"address": "desk@news.example", "mode": "weekly", "hour": "9"},
        "rules/add": {"section": "Sport", "recipients": "sport@news.example"},
        "authors/add": {"name": "Anna Berg", "author_address": "anna@news.example"},
    }.items():
        assert editor_client.post(f"{recipients}/{form}", data=values).status_code == 303

    page = editor_client.get(log).text

    for words in ("added a recipient", "desk@news.example", "added a rule", "sport@news.example"):
        assert words in page
    assert "set an author’s address" in page
    assert "Anna Berg" in page


def test_members_own_notifications_are_noted(
    editor_client: FlaskClient, log: str, site: Site, report: Report
) -> None:
    with write_transaction() as session:
        bo = session.scalars(select(User).where(User.email == BO)).one()
        mutes.mute(session, report.page_id, BO, actor=bo)
        subscriptions.stop(session, site.id, BO)
        # It was so already.
        mutes.mute(session, report.page_id, BO, actor=bo)
        subscriptions.stop(session, site.id, BO)
    editor_client.post(f"/notifications/{site.key}", data={"mode": "weekly"})
    editor_client.post("/mail/unmute", data={"page": report.page_id})

    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("notif%"))).all()
    assert [(each.actor and each.actor.email, each.action, each.detail) for each in entries] == [
        (BO, "notifications.page_muted", report.page.title),
        (BO, "notifications.stopped", ""),
        (EDITOR, "notifications.chosen", "weekly"),
    ]
    assert "chose when to hear of reports" in editor_client.get(log).text


def test_who_has_no_account_and_used_a_link_is_named(
    editor_client: FlaskClient, log: str, site: Site, report: Report
) -> None:
    with write_transaction() as session:
        mutes.mute(session, report.page_id, "desk@news.example")
        subscriptions.stop(session, site.id, "desk@news.example")

    page = editor_client.get(log).text

    assert page.count("<td>desk@news.example</td>") == 2
    assert re.search(rf"by a link in a mail <span [^>]+><bdi [^>]+>{report.page.title}<", page)
    assert "<td>stopped all mail about the site, by a link in a mail</td>" in page


def test_channels_are_noted_without_their_address(
    editor_client: FlaskClient, log: str, site: Site
) -> None:
    form = {
        "site": site.key,
        "kind": "webhook",
        "name": "Ticker",
        "address": "https://hook.example/secret-path",
        "events": ["opened"],
    }
    assert editor_client.post("/channels", data=form).status_code == 200
    reference = db.session.scalars(select(Channel.reference)).one()
    for action in ("pause", "resume", "rotate", "remove"):
        editor_client.post(f"/channels/{reference}/{action}")

    page = editor_client.get(log).text

    # Each stands in the field to choose from as well.
    for words in ("added", "paused", "resumed", "removed"):
        assert page.count(f"{words} a channel") == 2
    assert page.count("renewed a channel’s secret") == 2
    assert "Ticker" in page
    assert "secret-path" not in page
