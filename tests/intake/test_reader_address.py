"""An e-mail address that a reader leaves to be thanked."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from submissions import Submit

from server.extensions import db
from server.models import ReaderContact, Submission


def test_it_is_kept_with_the_submission_and_the_language(app: Flask, submit: Submit) -> None:
    submit(email="Reader@Example.org", page__language="pt-BR")

    contact = db.session.scalars(select(ReaderContact)).one()
    assert (contact.email, contact.language) == ("Reader@example.org", "pt-BR")
    assert contact.submission.exact == "recieve"


@pytest.mark.parametrize("email", ["", "  ", None])
def test_no_address_is_kept_where_none_is_given(app: Flask, submit: Submit, email: str) -> None:
    assert submit(email=email).status_code == 201
    assert db.session.scalars(select(ReaderContact)).all() == []


@pytest.mark.parametrize(
    "email",
    [
        "reader",
        "reader@",
        "a@b@example.org",
        "reader@example.org\r\nBcc: all@example.org",
        "Reader <reader@example.org>",
        "reader@[192.0.2.1]",
        "reader@localhost",
    ],
)
def test_what_is_no_address_is_refused_by_name(app: Flask, submit: Submit, email: str) -> None:
    answer = submit(email=email)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json(force=True)["errors"]] == ["email"]
    assert db.session.scalars(select(Submission)).all() == []


def test_a_repeated_request_keeps_it_once(app: Flask, submit: Submit) -> None:
    for _ in range(2):
        submit(email="reader@example.org", idempotency_key="the-same-key-0123456789")

    assert len(db.session.scalars(select(ReaderContact)).all()) == 1
