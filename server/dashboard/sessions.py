"""Where the account is logged in, and the way to log out there."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from server import login_sessions
from server.audit import record
from server.dashboard.blueprint import blueprint, signed_in
from server.database import write_transaction
from server.extensions import db
from server.language import gettext, ngettext
from server.models import LoginSession, User


@blueprint.get("/account/sessions")
@auth_required("session")
def show_sessions() -> str:
    """Every log-in that is still good."""
    return render_template(
        "accounts/sessions.html",
        sessions=login_sessions.sessions_of(db.session(), signed_in()),
        present=login_sessions.present(),
    )


@blueprint.get("/account/sessions/end")
@auth_required("session")
def show_sessions_instead() -> Response:
    """Who logs in after a form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_sessions"), 303)


@blueprint.post("/account/sessions/end")
@auth_required("session")
def end_sessions() -> Response:
    """Log out in one other browser, or with ``id=others`` in all of them."""
    wanted, user_id = request.form.get("id", ""), signed_in().id
    with write_transaction() as session:
        user = session.get_one(User, user_id)
        if wanted == "others":
            ended = login_sessions.end_others(session, user)
        else:
            session.delete(_session(wanted, user_id))
            ended = 1
        record(session, "account.sessions_ended", actor=user, detail=str(ended))
    flash(ngettext("Logged out there.", "Logged out in %(num)s places.", ended))
    return redirect(url_for(".show_sessions"), 303)


def _session(public_id: str, user_id: int) -> LoginSession:
    try:
        wanted = uuid.UUID(public_id)
    except ValueError:
        abort(400, gettext("id: is missing or none."))
    found = db.session.scalar(
        select(LoginSession).where(
            LoginSession.public_id == wanted,
            LoginSession.user_id == user_id,
            LoginSession.id != (login_sessions.present() or 0),
        )
    )
    return found or abort(404)
