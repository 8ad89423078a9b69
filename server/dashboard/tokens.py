"""Tokens of programs that act for the account."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from server import api_tokens
from server.clock import now
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.notifications import split_error
from server.database import write_transaction
from server.extensions import db
from server.invalid import InvalidInput
from server.language import gettext, lazy
from server.models import SCOPES, ApiToken, Site, User
from server.reports.membership import sites_of

SCOPE_WORDS = {
    "reports:read": lazy("read reports"),
    "reports:resolve": lazy("resolve reports"),
    "statistics:read": lazy("read statistics"),
}
assert tuple(SCOPE_WORDS) == SCOPES
# Days that a token may last; 0: for ever.
DAYS = (30, 90, 365, 0)


@blueprint.get("/account/tokens")
@auth_required("session")
def show_tokens() -> str:
    """What there is, without the tokens themselves, and a form for a new one."""
    return _page()


@blueprint.get("/account/tokens/<any(add, revoke):form>")
@auth_required("session")
def show_tokens_instead(form: str) -> Response:
    """Who logs in after a form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_tokens"), 303)


@blueprint.post("/account/tokens/add")
@auth_required("session")
def add_token() -> str | tuple[str, int]:
    """Make a token and show it this once: no redirect, so that it is stored nowhere."""
    form, user_id = request.form, signed_in().id
    sites = {each.key: each.id for each in sites_of(db.session(), signed_in())}
    try:
        if form.get("site") not in sites:
            raise InvalidInput("site: " + gettext("choose one of yours."))
        if form.get("days", "") not in map(str, DAYS):
            raise InvalidInput("days: " + gettext("choose one of these."))
        with write_transaction() as session:
            text = api_tokens.issue(
                session,
                session.get_one(User, user_id),
                session.get_one(Site, sites[form["site"]]),
                form.get("name", ""),
                form.getlist("scopes"),
                int(form["days"]) or None,
            )
    except InvalidInput as error:
        return _page(error=str(error)), 422
    return _page(new=text)


@blueprint.post("/account/tokens/revoke")
@auth_required("session")
def revoke_token() -> Response:
    """Make a token worthless."""
    wanted, user_id = named_token(), signed_in().id
    with write_transaction() as session:
        token = session.scalar(
            select(ApiToken).where(ApiToken.public_id == wanted, ApiToken.user_id == user_id)
        )
        if token is None:
            abort(404)
        name = token.name
        api_tokens.revoke(session, token, actor=session.get_one(User, user_id))
    flash(gettext("The token %(name)s is revoked.", name=name))
    return redirect(url_for(".show_tokens"), 303)


def named_token() -> uuid.UUID:
    """The id in the form; answers 400 where it is none."""
    try:
        return uuid.UUID(request.form.get("id", ""))
    except ValueError:
        abort(400, gettext("id: is missing or none."))


def _page(new: str = "", error: str = "") -> str:
    session = db.session()
    field, words = split_error(error)
    return render_template(
        "accounts/tokens.html",
        tokens=api_tokens.tokens_of(session, signed_in()),
        sites=sites_of(session, signed_in()),
        scopes=SCOPE_WORDS,
        days=DAYS,
        new=new,
        values=request.form if error else {},
        chosen=request.form.getlist("scopes") if error else list(SCOPES[:1]),
        field=field,
        error=words,
        now=now(),
    )
