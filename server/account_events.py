"""What Flask-Security tells us: kept in the audit log, and told to the account by mail.

It tells of an act after it changed its rows and before it commits them. What is noted of an act
joins that transaction, so that neither stands without the other. Where there is none, because
nothing was to be changed but what we change ourselves (a log-in, a log-out, a code that was wrong,
a link that was asked for), ours holds both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, after_this_request
from flask_login import user_logged_out
from flask_security import signals
from flask_security.utils import hash_password
from sqlalchemy.orm import Session

from server import login_sessions, tasks
from server.audit import record
from server.clock import now
from server.database import is_writing, write_transaction
from server.extensions import db, settings_of
from server.models import User
from server.notify.account_mail import owe_account_mail

# A stranger who asks again and again fills nobody's mailbox.
RESET_EVERY_SECONDS = 300


def init_app(app: Flask) -> None:
    """Listen. A signal's receiver is kept by us: blinker holds it weakly."""
    signals.user_authenticated.connect(_logged_in, app)
    user_logged_out.connect(_logged_out, app)
    signals.user_failed_authn.connect(_failed, app)
    signals.reset_password_instructions_sent.connect(_reset_asked, app)
    signals.password_reset.connect(_password_reset, app)
    signals.password_changed.connect(_password_changed, app)
    signals.tf_profile_changed.connect(_authenticator_set, app)
    signals.tf_disabled.connect(_authenticator_off, app)
    signals.wan_registered.connect(_passkey_added, app)
    signals.wan_deleted.connect(_passkey_removed, app)


@contextmanager
def _own() -> Iterator[Session]:
    """A transaction of our own: one that began by reading cannot write on SQLite any more. What
    Flask-Security may have changed (a hash that is out of date) is kept."""
    db.session.commit()
    with write_transaction() as session:
        yield session


@contextmanager
def _joined() -> Iterator[Session]:
    """Flask-Security's transaction, where it writes; it commits after its view."""
    if is_writing(db.session()):
        yield db.session()
        db.session.flush()
    else:
        with _own() as session:
            yield session


def _logged_in(_app: Flask, user: User, authn_via: list[str] | None = None, **_more: Any) -> None:
    with _joined() as session:
        login_sessions.begin(session, user)
        if authn_via == ["change"]:
            login_sessions.end_others(session, user)
        else:
            record(session, "account.logged_in", actor=user, detail=", ".join(authn_via or []))


def _logged_out(_app: Flask, user: User | None = None, **_more: Any) -> None:
    with _own() as session:
        login_sessions.end_present(session)
        if isinstance(user, User):
            record(session, "account.logged_out", actor=user)


def _failed(_app: Flask, user: User, tfa: bool = False, **_more: Any) -> None:
    """A wrong code after the right password. Wrong passwords are anybody's, and limited."""
    if tfa:
        with _own() as session:
            record(session, "account.second_factor_failed", actor=user)


def _reset_asked(_app: Flask, user: User, **_more: Any) -> None:
    # An unknown address costs this much too, so that the time tells nothing.
    hash_password("not a password")
    period = int(now().timestamp()) // RESET_EVERY_SECONDS
    settings = settings_of()
    with _own() as session:
        owed = owe_account_mail(
            session,
            settings,
            user.email,
            about="reset",
            cause=f"{user.id}:{period}",
            details={"account": user.id},
        )
        if owed:
            record(session, "account.reset_asked", actor=user)
    tasks.ring()


def _password_reset(_app: Flask, user: User, **_more: Any) -> None:
    with _joined() as session:
        login_sessions.end_others(session, user)
    _tell_changed(user, "account.password_reset")


def _password_changed(_app: Flask, user: User, **_more: Any) -> None:
    _tell_changed(user, "account.password_changed")


def _tell_changed(user: User, action: str) -> None:
    settings = settings_of()
    with _joined() as session:
        record(session, action, actor=user)
        owe_account_mail(
            session,
            settings,
            user.email,
            about="changed",
            cause=f"{user.id}:{user.fs_uniquifier}",
            details={"account": user.id},
        )
    after_this_request(_ring)


def _ring(response: Response) -> Response:
    """After Flask-Security committed, which asked to be called before us."""
    tasks.ring()
    return response


def _authenticator_set(_app: Flask, user: Any, **_more: Any) -> None:
    _note(user, "account.authenticator_set")


def _authenticator_off(_app: Flask, user: Any, **_more: Any) -> None:
    _note(user, "account.authenticator_off")


def _passkey_added(_app: Flask, user: Any, name: str = "", **_more: Any) -> None:
    _note(user, "account.passkey_added", name)


def _passkey_removed(_app: Flask, user: Any, name: str = "", **_more: Any) -> None:
    _note(user, "account.passkey_removed", name)


def _note(user: Any, action: str, detail: str = "") -> None:
    with _joined() as session:
        record(session, action, actor=user, detail=detail)
