"""Where an account is logged in: a row for each log-in, asked at each request.

Flask-Login's cookies name the account; ours name the log-in too, so that one of them can be ended
without the others.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, request, session
from flask_security.utils import set_request_attr
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server.clock import now
from server.database import write_transaction, write_with_retry
from server.extensions import db
from server.models import LoginSession, User

# How long the cookie of a session lasts, and that of who ticks "Stay logged in on this device".
SESSION = timedelta(hours=12)
REMEMBERED = timedelta(days=30)
# What is noted of use is this coarse, so that reading a page seldom writes.
NOTED_EVERY = timedelta(minutes=5)

_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X|Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux"),
)

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Ask for the row whenever Flask-Login asks who a cookie is."""
    manager: Any = app.__dict__["login_manager"]
    manager.user_loader(_load)
    app.after_request(_note_use)


def device_of(user_agent: str) -> str:
    """The browser and the system that a header names, without versions; empty for others."""
    found = (
        next((name for name, sign in signs if re.search(sign, user_agent)), "")
        for signs in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(filter(None, found))


def begin(writing: Session, user: User) -> None:
    """Note a log-in, and let the cookies of the present answer name it; it takes the place of the
    one that this browser had."""
    end_present(writing)
    token = secrets.token_urlsafe(24)
    row = LoginSession(
        user_id=user.id,
        token_hash=_hash(token),
        device=device_of(request.headers.get("User-Agent", "")),
        remembered=session.get("_remember") == "set",
    )
    writing.add(row)
    writing.flush()
    session["_user_id"] = f"{user.fs_uniquifier}.{token}"
    g.login_session_id = row.id


def present() -> int | None:
    """The id of the log-in by which the present request is made."""
    found: int | None = g.get("login_session_id")
    return found


def sessions_of(reading: Session, user: User) -> Sequence[LoginSession]:
    """Where the account is logged in, latest use first."""
    return reading.scalars(
        select(LoginSession)
        .where(LoginSession.user_id == user.id, ~_over())
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    ).all()


def end_others(writing: Session, user: User) -> int:
    """Log the account out everywhere but here; of how many log-ins."""
    ended = delete(LoginSession).where(
        LoginSession.user_id == user.id, LoginSession.id != (present() or 0)
    )
    return len(writing.execute(ended.returning(LoginSession.id)).all())


def end_present(writing: Session) -> None:
    """Who logs out leaves no cookie that could be played again."""
    writing.execute(delete(LoginSession).where(LoginSession.id == (present() or 0)))


def forget_ended() -> int:
    """Delete what no cookie can name any more; how many."""

    def work(writing: Session) -> int:
        ended = delete(LoginSession).where(_over()).returning(LoginSession.id)
        return len(writing.execute(ended).all())

    return write_with_retry(work)


def _over() -> Any:
    margin = NOTED_EVERY
    return or_(
        LoginSession.last_seen_at < now() - REMEMBERED - margin,
        ~LoginSession.remembered & (LoginSession.last_seen_at < now() - SESSION - margin),
    )


def _load(user_id: str) -> User | None:
    """The account that a cookie names, where its log-in has not ended."""
    uniquifier, _, token = str(user_id).partition(".")
    found = db.session.execute(
        select(User, LoginSession)
        .join(LoginSession)
        .where(
            User.fs_uniquifier == uniquifier,
            User.active,
            LoginSession.token_hash == _hash(token),
            # A cookie that somebody copied does not end where its browser would drop it.
            ~_over(),
        )
    ).first()
    if found is None:
        return None
    user, row = found
    g.login_session_id = row.id
    g.login_session_noted = now() - row.last_seen_at < NOTED_EVERY
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return user


def _note_use(response: Response) -> Response:
    """After the page is made: whatever transaction it had is over."""
    if not g.get("login_session_noted", True):
        try:
            with write_transaction() as writing:
                writing.execute(
                    update(LoginSession)
                    .where(LoginSession.id == g.login_session_id)
                    .values(last_seen_at=now())
                )
        except OperationalError as error:
            log.warning("the use of a session was not noted: %s", error.orig)
    return response


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
