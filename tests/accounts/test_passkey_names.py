"""What a passkey may be called."""

from __future__ import annotations

from html import unescape

import pytest
from flask.testing import FlaskClient
from log_ins import passkey_of
from sqlalchemy import select

from server.database import write_transaction
from server.extensions import db
from server.models import Passkey, User

FIELD = "Name of this passkey: "


def keep(name: str) -> None:
    with write_transaction() as session:
        user = session.scalars(select(User)).one()
        session.add(passkey_of(user, name))


def ask(client: FlaskClient, name: str) -> str:
    answer = client.post("/account/passkeys", data={"name": name, "usage": "first"})
    assert answer.status_code == 200
    return unescape(answer.text)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("  ", "please give it one"),
        ("Phone", "you have one called Phone already; please choose another name."),
        ("x" * 65, "must have at most 64 characters."),
        ("right\u202eleft", "please use letters, digits, spaces and punctuation alone."),
    ],
)
def test_name_that_is_refused_is_told_by_its_field_with_advice(
    editor_client: FlaskClient, name: str, advice: str
) -> None:
    keep("Phone")

    page = ask(editor_client, name)

    assert FIELD + advice in page
    assert "data-passkey" not in page


@pytest.mark.parametrize("name", ["Bo’s laptop (work) & phone", "Мой ключ", "कुंजी", "Clé n° 2"])
def test_names_are_of_any_script(editor_client: FlaskClient, name: str) -> None:
    assert "data-passkey" in ask(editor_client, name)


def test_name_with_a_mark_can_be_removed(editor_client: FlaskClient) -> None:
    # As it is kept: in two characters.
    keep("Мо\u0438\u0306 ключ")

    answer = editor_client.post("/account/passkeys/remove", data={"name": "Мой ключ"})

    assert answer.status_code == 302
    assert db.session.scalars(select(Passkey)).all() == []


def test_removing_what_is_gone_says_so(editor_client: FlaskClient) -> None:
    data = {"name": "Phone"}
    answer = editor_client.post("/account/passkeys/remove", data=data, follow_redirects=True)

    assert "You have no passkey called Phone (any more)." in answer.text
