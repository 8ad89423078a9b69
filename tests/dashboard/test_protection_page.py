"""Owners say what is asked of senders and what is blocked."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import Submit

from server.database import write_transaction
from server.extensions import db
from server.intake.site_cache import SiteCache
from server.models import AuditEntry, Block, Membership, Site


@pytest.fixture
def address(editor_client: FlaskClient, site: Site) -> str:
    """Of the page, for the editor who is now an owner."""
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"
    return f"/sites/{site.key}/protection"


def send(client: FlaskClient, path: str, /, **form: str) -> str:
    answer = client.post(path, data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def blocked() -> list[tuple[str, str, str]]:
    db.session.rollback()
    return [
        (each.kind, each.pattern, each.reason)
        for each in db.session.scalars(select(Block).order_by(Block.id))
    ]


def test_switches_are_kept(editor_client: FlaskClient, address: str, site: Site) -> None:
    page = send(editor_client, address, challenge="pow", links_allowed="yes", null_origin="yes")
    assert "Saved." in page
    db.session.refresh(site)
    assert (site.challenge, site.links_allowed, site.null_origin) == ("pow", True, True)

    send(editor_client, address)
    db.session.refresh(site)
    assert (site.challenge, site.links_allowed, site.null_origin) == ("", False, False)


def test_unknown_challenge_is_named(editor_client: FlaskClient, address: str, site: Site) -> None:
    answer = editor_client.post(address, data={"challenge": "riddle", "null_origin": "yes"})

    assert answer.status_code == 422
    assert 'id="protection-challenge-error"' in answer.text
    db.session.refresh(site)
    assert site.null_origin is False


def test_blocks_come_with_their_reason_and_go(
    app: Flask, editor_client: FlaskClient, address: str, submit: Submit
) -> None:
    page = send(
        editor_client,
        f"{address}/block",
        kind="network",
        pattern="127.0.0.9/24",
        reason="A flood in May",
    )
    assert "127.0.0.0/24 is blocked." in page
    assert "A flood in May" in page
    assert blocked() == [("network", "127.0.0.0/24", "A flood in May")]
    app.extensions["site_cache"] = SiteCache()
    assert submit().status_code == 403

    page = send(editor_client, f"{address}/unblock", block="network 127.0.0.0/24")
    assert "is not blocked any more" in page
    assert blocked() == []
    app.extensions["site_cache"] = SiteCache()
    assert submit().status_code == 201
    actions = select(AuditEntry.detail).where(AuditEntry.action.like("site.block_%"))
    assert db.session.scalars(actions).all() == ["network 127.0.0.0/24"] * 2


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("network", "300.1.2.3"),
        ("word", "*"),
        ("word", ""),
        ("url", "a" * 301),
        ("colour", "red"),
        ("word", "a\x00b"),
    ],
)
def test_wrong_block_is_named_and_not_added(
    editor_client: FlaskClient, address: str, kind: str, pattern: str
) -> None:
    answer = editor_client.post(f"{address}/block", data={"kind": kind, "pattern": pattern})

    assert answer.status_code == 422
    assert 'id="block-pattern-error"' in answer.text
    assert blocked() == []


def test_long_reason_is_named(editor_client: FlaskClient, address: str) -> None:
    answer = editor_client.post(
        f"{address}/block", data={"kind": "word", "pattern": "casino", "reason": "x" * 201}
    )

    assert answer.status_code == 422
    assert 'id="block-reason-error"' in answer.text
    assert blocked() == []


def test_what_is_not_blocked_cannot_be_unblocked(editor_client: FlaskClient, address: str) -> None:
    answer = editor_client.post(f"{address}/unblock", data={"block": "word casino"})

    assert answer.status_code == 422
    assert "casino is not blocked" in answer.text
