"""Members choose when they hear of reports, each for each of the own sites."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from server.database import write_transaction
from server.extensions import db
from server.models import Site, Subscription, User
from server.sites import add_member, add_site

GOOD = {
    "mode": "daily",
    "hour": "7",
    "weekday": "4",
    "zone": "Europe/Berlin",
    "quiet_from": "22:00",
    "quiet_until": "06:30",
    "min_readers": "2",
    "min_score": "60",
}


def stored() -> Subscription | None:
    db.session.rollback()
    return db.session.scalars(select(Subscription)).one_or_none()


def test_choices_are_kept_and_shown(editor_client: FlaskClient, site: Site) -> None:
    answer = editor_client.post(f"/notifications/{site.key}", data=GOOD, follow_redirects=True)

    assert "Saved for The News." in answer.text
    for shown in ('value="Europe/Berlin"', 'value="22:00"', 'value="06:30"', 'value="60"'):
        assert shown in answer.text
    assert '<option value="daily" selected>' in answer.text
    found = stored()
    assert found is not None
    assert (found.mode, found.hour, found.weekday, found.zone) == ("daily", 7, 4, "Europe/Berlin")
    assert (found.quiet_from, found.quiet_until) == (22 * 60, 6 * 60 + 30)
    assert (found.min_readers, found.min_score) == (2, 60)
    assert found.next_digest_at is not None


def test_each_site_has_its_own(editor_client: FlaskClient, site: Site, editor: User) -> None:
    with write_transaction() as session:
        other = add_site(session, "Another", ["https://another.example"])
        add_member(session, session.get_one(User, editor.id), other, "viewer")

    editor_client.post(f"/notifications/{site.key}", data=GOOD)

    page = editor_client.get("/notifications").text
    assert re.findall(r'-name"><bdi dir="auto">([^<]+)', page) == ["Another", "The News"]
    assert page.count('<option value="daily" selected>') == 1
    # A viewer hears nothing by default.
    assert page.count('<option value="never" selected>') == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("mode", "", "must be one of"),
        ("mode", "sometimes", "must be one of"),
        ("hour", "24", "must be from 0 to 23"),
        ("hour", "-1", "must be a whole number"),
        ("weekday", "7", "must be from 0 to 6"),
        ("zone", "Europe/Nowhere", "is not a time zone"),
        ("zone", "../../../etc/passwd", "is not a time zone"),
        ("zone", "/etc/localtime", "is not a time zone"),
        ("zone", "a" * 5_000, "is not a time zone"),
        ("min_readers", "0", "must be from 1 to 50"),
        ("min_readers", "9" * 5_000, "must be a whole number"),
        ("min_readers", "٣", "must be a whole number"),
        ("min_score", "101", "must be from 0 to 100"),
        ("quiet_from", "25:00", "must be a time of the day"),
        ("quiet_from", "", "quiet hours need a beginning and an end"),
        ("quiet_until", "late", "must be a time of the day"),
        ("quiet_until", "22:00", "must end at another time"),
    ],
)
def test_wrong_choice_is_named_and_nothing_is_stored(
    editor_client: FlaskClient, site: Site, field: str, value: str, words: str
) -> None:
    answer = editor_client.post(f"/notifications/{site.key}", data={**GOOD, field: value})

    assert answer.status_code == 422
    assert f'id="site-1-{field}-error"' in answer.text
    assert f'aria-describedby="site-1-{field}-error"' in answer.text
    assert words in answer.text
    # What else was entered is not lost.
    assert field == "zone" or 'value="Europe/Berlin"' in answer.text
    assert stored() is None


def test_form_without_token_is_refused(app: Flask, editor_client: FlaskClient, site: Site) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = editor_client.post(f"/notifications/{site.key}", data=GOOD)

    assert answer.status_code == 400
    assert stored() is None
