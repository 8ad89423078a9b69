"""The first account of a server, made by whoever holds the token that the server printed."""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, current_app
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from server import audit
from server.config import Settings
from server.extensions import db
from server.invalid import InvalidInput
from server.language import gettext
from server.models import User
from server.sites import add_user

TOKEN_CHARACTERS = 32


class SetUpAlready(Exception):  # noqa: N818 - it is a state, told in words
    """Somebody has an account, so nobody becomes the first any more."""


def setup_token(settings: Settings) -> str:
    """The same in every process: made of the secret key, with which sessions could be forged as
    well."""
    made = hmac.new(settings.secret_key.encode(), b"copydesk: the first account", hashlib.sha256)
    return made.hexdigest()[:TOKEN_CHARACTERS]


def setup_address(settings: Settings) -> str:
    """Where the first account is made, with the token."""
    return f"{settings.public_url}/setup?token={setup_token(settings)}"


def is_set_up(app: Flask | None = None) -> bool:
    """Whether somebody has an account; then it stays so, and the database is not asked again."""
    extensions = (app or current_app).extensions
    if not extensions.get("is_set_up"):
        extensions["is_set_up"] = db.session.scalar(select(User.id).limit(1)) is not None
    return bool(extensions["is_set_up"])


def make_first_account(
    session: Session, settings: Settings, token: str, email: str, password: str, language: str = ""
) -> User:
    """The account of who runs the server; it may then add the first site.

    Of several at the same time one wins. Raises SetUpAlready for the others, InvalidInput for a
    token, an address or a password that will not do.
    """
    if not hmac.compare_digest(token.strip().encode(), setup_token(settings).encode()):
        raise InvalidInput("token: " + gettext("This is not the one that the server printed."))
    if session.get_bind().dialect.name == "postgresql":
        # SQLite lets one writer in at a time anyway.
        session.execute(text("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE"))
    if session.scalar(select(User.id).limit(1)) is not None:
        raise SetUpAlready
    user = add_user(session, email, password, language)
    audit.record(session, "account.first_made", actor=user)
    return user
