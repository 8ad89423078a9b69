"""Owners see and revoke the tokens by which members' programs reach their site."""

from __future__ import annotations

import re
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, PASSWORD

from server import api_tokens
from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.models import ApiToken, AuditEntry, Membership, Site, User
from server.sites import add_member, add_site, add_user

BO = "bo@news.example"


@pytest.fixture
def text(app: Flask, owner_client: FlaskClient, site: Site) -> str:
    """A token of Bo's, an editor, as Bo's program has it; another reaches another site."""
    with write_transaction() as session:
        bo, here = add_user(session, BO, PASSWORD), session.get_one(Site, site.id)
        other = add_site(session, "Elsewhere", ["https://elsewhere.example"])
        for each in (here, other):
            add_member(session, bo, each, "editor")
        scopes = ["reports:read", "reports:resolve"]
        text = api_tokens.issue(session, bo, here, "Planning board", scopes, 90)
        api_tokens.issue(session, bo, other, "A foreign board", scopes, None)
        token = session.scalars(select(ApiToken).where(ApiToken.site_id == here.id)).one()
        token.last_used_at = now()
    return text


def ask(app: Flask, text: str) -> int:
    """What a program that shows the token is answered."""
    headers = {"Authorization": f"Bearer {text}"}
    return app.test_client().get("/api/v1/reports", headers=headers).status_code


def ids() -> dict[str, str]:
    db.session.rollback()
    return {each.name: str(each.public_id) for each in db.session.scalars(select(ApiToken))}


def test_owner_sees_whose_it_is_and_what_it_may_but_not_the_token(
    owner_client: FlaskClient, people: str, text: str
) -> None:
    page = owner_client.get(people).text
    section = page.partition('aria-labelledby="tokens-title"')[2]
    words = " ".join(re.sub(r"<[^>]+>", " ", section).split())

    assert f"Planning board {BO} : read reports, resolve reports" in words
    assert "Last used" in words
    assert "Good until" in words
    assert "A foreign board" not in page
    assert text not in page
    assert api_tokens._hash(text).hex() not in page


def test_owner_revokes_it_and_the_log_says_whose_it_was(
    app: Flask, owner_client: FlaskClient, people: str, text: str
) -> None:
    assert ask(app, text) == 200

    answer = owner_client.post(
        f"{people}/revoke", data={"id": ids()["Planning board"]}, follow_redirects=True
    )

    assert "The token Planning board is revoked." in answer.text
    assert ask(app, text) == 401
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "token.revoked")).one()
    assert (entry.actor.email if entry.actor else "") == EDITOR
    assert entry.detail == f"Planning board ({BO})"


@pytest.mark.parametrize("whose", ["another site's", "nobody's"])
def test_no_other_token_is_revoked(
    owner_client: FlaskClient, people: str, text: str, whose: str
) -> None:
    named = ids()["A foreign board"] if whose == "another site's" else str(uuid.uuid4())

    assert owner_client.post(f"{people}/revoke", data={"id": named}).status_code == 404
    assert set(ids()) == {"Planning board", "A foreign board"}


def test_member_who_comes_back_finds_programs_without_a_key(
    app: Flask, owner_client: FlaskClient, people: str, site: Site, text: str
) -> None:
    member = db.session.scalars(
        select(Membership).join(User).where(User.email == BO, Membership.site_id == site.id)
    ).one()
    owner_client.post(f"{people}/remove", data={"id": str(member.id)})
    with write_transaction() as session:
        bo = session.scalars(select(User).where(User.email == BO)).one()
        add_member(session, bo, session.get_one(Site, site.id), "editor")

    assert ask(app, text) == 401
    assert set(ids()) == {"A foreign board"}
