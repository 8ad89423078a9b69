"""Owners say who hears of a site's reports without an account, and which reports go to whom."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from submissions import EDITOR

from server.database import write_transaction
from server.extensions import db
from server.models import AuthorAddress, Membership, RoutingRule, Site, Subscription
from server.notify.desk import add_recipient
from server.notify.rules import rules_of
from server.notify.subscriptions import Choices
from server.sites import add_site


@pytest.fixture
def address(editor_client: FlaskClient, site: Site) -> str:
    """Of the page, for the editor who is now an owner."""
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"
    return f"/sites/{site.key}/recipients"


def send(client: FlaskClient, path: str, /, **form: str) -> str:
    answer = client.post(path, data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def ids(page: str) -> list[str]:
    return re.findall(r'name="id" value="([^"]+)"', page)


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_recipient_comes_and_goes(editor_client: FlaskClient, address: str) -> None:
    page = send(
        editor_client, f"{address}/add", address="Desk@News.example", mode="weekly", hour="9"
    )
    assert "desk@news.example is a recipient now." in page
    assert "Every week" in page

    page = send(editor_client, f"{address}/remove", id=ids(page)[0])

    assert "desk@news.example is no recipient any more." in page
    assert count(Subscription) == 0


def the_recipient() -> Subscription:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Subscription)).one()


def test_recipient_is_changed(editor_client: FlaskClient, address: str) -> None:
    page = send(
        editor_client,
        f"{address}/add",
        address="desk@news.example",
        name="The desk",
        mode="weekly",
        hour="9",
        zone="Europe/Berlin",
    )
    assert "The desk" in page
    one = f"{address}/{the_recipient().public_id}"
    form = editor_client.get(one).text
    for shown in ("desk@news.example", "The desk", "Europe/Berlin", '"weekly" selected'):
        assert shown in form

    page = send(
        editor_client,
        one,
        address="Night@news.example",
        name="Night  desk",
        language="ru",
        mode="daily",
        hour="22",
        zone="Asia/Kolkata",
    )

    assert "night@news.example was saved." in page
    assert "русский" in page
    found = the_recipient()
    assert (found.address, found.name, found.language) == ("night@news.example", "Night desk", "ru")
    assert (found.mode, found.hour, found.zone) == ("daily", 22, "Asia/Kolkata")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "nobody"),
        ("address", EDITOR),
        ("address", "other@news.example"),
        ("name", "x" * 201),
        ("language", "tlh"),
        ("mode", "sometimes"),
        ("zone", "Berlin"),
    ],
)
def test_wrong_change_of_a_recipient_is_named_and_nothing_is_stored(
    editor_client: FlaskClient, address: str, site: Site, field: str, value: str
) -> None:
    with write_transaction() as session:
        added = add_recipient(session, site.id, "desk@news.example", Choices())
        add_recipient(session, site.id, "other@news.example", Choices())
        one = f"{address}/{added.public_id}"
    good = {"address": "new@news.example", "name": "New", "mode": "daily", "hour": "9"}

    answer = editor_client.post(one, data={**good, field: value})

    assert answer.status_code == 422
    assert f'id="recipient-{field}-error"' in answer.text
    assert field == "name" or 'value="New"' in answer.text, "what else was entered is not lost"
    db.session.rollback()
    stored = db.session.scalars(select(Subscription.address).order_by(Subscription.address))
    assert list(stored) == ["desk@news.example", "other@news.example"]


def test_recipient_of_another_site_is_not_shown(editor_client: FlaskClient, address: str) -> None:
    with write_transaction() as session:
        other = add_site(session, "Another", ["https://another.example"])
        foreign = add_recipient(session, other.id, "x@another.example", Choices()).public_id

    assert editor_client.get(f"{address}/{foreign}").status_code == 404
    assert editor_client.post(f"{address}/{foreign}", data={"mode": "never"}).status_code == 404


@pytest.mark.parametrize("wrong", ["", "nobody", "a@b", "x@news.example\nBcc: y@news.example"])
def test_address_that_is_none_is_refused(
    editor_client: FlaskClient, address: str, wrong: str
) -> None:
    answer = editor_client.post(f"{address}/add", data={"address": wrong, "mode": "daily"})

    assert answer.status_code == 422
    assert 'id="recipient-address-error"' in answer.text
    assert count(Subscription) == 0


def test_member_is_no_recipient_without_account(editor_client: FlaskClient, address: str) -> None:
    answer = editor_client.post(f"{address}/add", data={"address": EDITOR, "mode": "daily"})

    assert answer.status_code == 422
    assert "is a member" in answer.text


def test_rules_are_added_moved_and_removed(
    editor_client: FlaskClient, address: str, site: Site
) -> None:
    send(editor_client, f"{address}/rules/add", section="sport", recipients="desk@news.example")
    page = send(
        editor_client,
        f"{address}/rules/add",
        path="/local/*",
        recipients=f"one@news.example, {EDITOR}",
        author_first="yes",
    )
    assert "its author, else one@news.example" in page

    def order() -> list[str]:
        db.session.rollback()
        db.session.expire_all()
        return [rule.section or rule.path for rule in rules_of(db.session(), site.id)]

    assert order() == ["sport", "/local/*"]
    second = str(rules_of(db.session(), site.id)[1].public_id)
    page = send(editor_client, f"{address}/rules/up", id=second)
    assert order() == ["/local/*", "sport"]

    send(editor_client, f"{address}/rules/remove", id=second)
    assert order() == ["sport"]


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("recipients", {"section": "sport"}),
        ("address", {"section": "sport", "recipients": "nobody"}),
        ("path", {"path": "sport", "recipients": "desk@news.example"}),
        ("author", {"author": "x" * 201, "recipients": "desk@news.example"}),
        ("section", {"section": "a\x1bb", "recipients": "desk@news.example"}),
        ("evidence", {"evidence": "nonsense", "recipients": "desk@news.example"}),
        ("min_score", {"rule_score": "101", "recipients": "desk@news.example"}),
        ("min_score", {"rule_score": "x", "recipients": "desk@news.example"}),
    ],
)
def test_wrong_rule_is_named_and_not_stored(
    editor_client: FlaskClient, address: str, field: str, form: dict[str, str]
) -> None:
    answer = editor_client.post(f"{address}/rules/add", data=form)

    assert answer.status_code == 422
    assert f'id="rule-{field}-error"' in answer.text
    assert count(RoutingRule) == 0


def test_author_comes_changes_and_goes(editor_client: FlaskClient, address: str) -> None:
    send(editor_client, f"{address}/authors/add", name="Anna Berg", author_address="a@news.example")
    page = send(
        editor_client, f"{address}/authors/add", name="ANNA  berg", author_address="b@news.example"
    )
    assert "b@news.example" in page
    assert "a@news.example" not in page
    assert count(AuthorAddress) == 1

    send(editor_client, f"{address}/authors/remove", id=ids(page)[0])

    assert count(AuthorAddress) == 0


def test_rows_of_another_site_are_not_touched(editor_client: FlaskClient, address: str) -> None:
    with write_transaction() as session:
        other = add_site(session, "Another", ["https://another.example"])
        author = AuthorAddress(
            site_id=other.id, name="Anna", name_key="anna", address="a@another.example"
        )
        session.add(author)
        session.flush()
        public_id = str(author.public_id)

    answer = editor_client.post(f"{address}/authors/remove", data={"id": public_id})

    assert answer.status_code == 404
    assert count(AuthorAddress) == 1
