"""The audit log."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from server.audit import MAX_DETAIL, record
from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry, User


def test_entry_says_who_did_what_where(editor: User) -> None:
    site = editor.memberships[0].site
    with write_transaction() as session:
        record(session, "site.key_rotated", actor=editor, site=site, detail="x" * 1_000)

    entry = db.session.scalars(select(AuditEntry)).one()

    assert (entry.actor, entry.site, entry.action) == (editor, site, "site.key_rotated")
    assert len(entry.detail) == MAX_DETAIL


def test_what_is_rolled_back_was_never_done(editor: User) -> None:
    def fail() -> None:
        with write_transaction() as session:
            record(session, "member.invited", actor=editor)
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert db.session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize("action", ["", "rotated", "Site.rotated", "site.", "site." + "x" * 40])
def test_action_has_a_name_of_one_form(app: Flask, action: str) -> None:
    with write_transaction() as session, pytest.raises(ValueError, match="name of an action"):
        record(session, action, actor=None)
