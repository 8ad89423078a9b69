"""The page behind the link of an invitation. Opening it changes nothing."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security.utils import login_user, url_for_security
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import people
from server.dashboard.blueprint import blueprint
from server.dashboard.notifications import split_error
from server.database import write_with_retry
from server.extensions import db, settings_of
from server.invalid import InvalidInput
from server.language import gettext
from server.models import Invitation, User
from server.notify.links import LinkError, Links
from server.people import NoInvitation
from server.sites import find_user, hashed_password


@blueprint.get("/invitation/<token>")
def show_invitation(token: str) -> tuple[str, int]:
    """Who invites to what, and a button; who has no account chooses a password."""
    try:
        return _page(_invitation(db.session(), token))
    except NoInvitation:
        return render_template("accounts/invitation.html", invitation=None), 410


@blueprint.post("/invitation/<token>")
def accept_invitation(token: str) -> Response | tuple[str, int]:
    """Join the site."""
    try:
        invitation = _invitation(db.session(), token)
        name, known = invitation.site.name, find_user(db.session(), invitation.email) is not None
        chosen = None if known else _chosen_password(invitation.email)
        user_id = write_with_retry(
            lambda session: people.accept(session, _invitation(session, token), chosen).id
        )
    except NoInvitation:
        return render_template("accounts/invitation.html", invitation=None), 410
    except InvalidInput as error:
        page, _ = _page(_invitation(db.session(), token), str(error))
        return page, 422
    user = db.session.get_one(User, user_id)
    flash(gettext("You are a member of %(site)s now.", site=name))
    # An account that was made meanwhile has another password, which nobody said here.
    if chosen and user.password == chosen and not current_user.is_authenticated:
        login_user(user, authn_via=["password"])
    if current_user.is_authenticated and current_user.id == user_id:
        return redirect(url_for(".show_queue"), 303)
    return redirect(url_for_security("login"), 303)


def _chosen_password(address: str) -> str:
    password = request.form.get("password", "")
    if password != request.form.get("password_confirm", ""):
        raise InvalidInput("password: " + gettext("The two are not the same."))
    return hashed_password(password, address)


def _page(invitation: Invitation, error: str = "") -> tuple[str, int]:
    user = find_user(db.session(), invitation.email)
    field, words = split_error(error)
    return render_template(
        "accounts/invitation.html", invitation=invitation, user=user, field=field, error=words
    ), 200


def _invitation(session: Session, token: str) -> Invitation:
    """Raises NoInvitation."""
    try:
        public_id = Links.of(settings_of()).read_invitation(token)
    except (LinkError, ValueError):
        raise NoInvitation from None
    found = session.scalar(select(Invitation).where(Invitation.public_id == public_id))
    if found is None or not people.can_be_accepted(session, found):
        raise NoInvitation
    return found
