"""Where owners say who works on a site."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import api_tokens, people, tasks
from server.clock import now
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.notifications import split_error
from server.dashboard.site_pages import Work, change_owned, owned
from server.dashboard.tokens import SCOPE_WORDS, named_token
from server.extensions import db, settings_of
from server.invalid import InvalidInput
from server.language import gettext
from server.models import ROLES, ApiToken, Invitation, Membership, Site, User
from server.notify.account_mail import invitation_path
from server.reports.membership import owned_site

ADDRESS = "/sites/<site_key>/people"


@blueprint.get(ADDRESS)
@auth_required("session")
def show_people(site_key: str) -> str:
    """A site's members with their roles, and who is invited."""
    return _page(owned(site_key))


@blueprint.get(f"{ADDRESS}/<path:form>")
@auth_required("session")
def show_people_instead(site_key: str, form: str) -> Response:
    """Who logs in after a form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_people", site_key=site_key), 303)


@blueprint.post(f"{ADDRESS}/invite")
@auth_required("session")
def invite_person(site_key: str) -> Response | tuple[str, int]:
    """Ask an address to join, by mail."""

    def work(session: Session, site: Site, actor: User) -> str:
        email, role = request.form.get("email", ""), request.form.get("role", "")
        invitation = people.invite(session, settings_of(), site, email, role, actor=actor)
        return gettext("%(who)s is invited.", who=invitation.email)

    return _change(site_key, "invite", work)


@blueprint.post(f"{ADDRESS}/resend")
@auth_required("session")
def resend_invitation(site_key: str) -> Response | tuple[str, int]:
    """Send an invitation's mail once more."""

    def work(session: Session, site: Site, actor: User) -> str:
        invitation = _invitation(session, site)
        people.resend(session, settings_of(), invitation, actor=actor)
        return gettext("%(who)s gets another mail.", who=invitation.email)

    return _change(site_key, "pending", work)


@blueprint.post(f"{ADDRESS}/withdraw")
@auth_required("session")
def withdraw_invitation(site_key: str) -> Response | tuple[str, int]:
    """Make an invitation's link worthless."""

    def work(session: Session, site: Site, actor: User) -> str:
        invitation = _invitation(session, site)
        people.withdraw(session, invitation, actor=actor)
        return gettext("The invitation of %(who)s is withdrawn.", who=invitation.email)

    return _change(site_key, "pending", work)


@blueprint.post(f"{ADDRESS}/role")
@auth_required("session")
def change_role(site_key: str) -> Response | tuple[str, int]:
    """Say what a member may do."""

    def work(session: Session, site: Site, actor: User) -> str:
        user = _member(session, site)
        people.change_role(session, user, site, request.form.get("role", ""), actor=actor)
        return gettext("The role of %(who)s is saved.", who=user.email)

    return _change(site_key, "members", work)


@blueprint.post(f"{ADDRESS}/remove")
@auth_required("session")
def remove_member(site_key: str) -> Response | tuple[str, int]:
    """Take an account off the site."""

    def work(session: Session, site: Site, actor: User) -> str:
        user = _member(session, site)
        people.remove_member(session, user, site, actor=actor)
        return gettext("%(who)s is not a member any more.", who=user.email)

    return _change(site_key, "members", work)


@blueprint.post(f"{ADDRESS}/revoke")
@auth_required("session")
def revoke_member_token(site_key: str) -> Response | tuple[str, int]:
    """Make a token worthless that a member made for the site."""

    def work(session: Session, site: Site, actor: User) -> str:
        found = select(ApiToken).where(
            ApiToken.public_id == named_token(), ApiToken.site_id == site.id
        )
        token = session.scalar(found) or abort(404)
        name = token.name
        api_tokens.revoke(session, token, actor=actor)
        return gettext("The token %(name)s is revoked.", name=name)

    return _change(site_key, "tokens", work)


def _change(site_key: str, form: str, work: Work) -> Response | tuple[str, int]:
    """Do what a form asks, and say so; or show the form again with what is wrong."""
    try:
        done = change_owned(site_key, work)
    except InvalidInput as error:
        return _page(owned(site_key), form, str(error)), 422
    tasks.ring()
    flash(done)
    if owned_site(db.session(), signed_in(), site_key) is None:
        return redirect(url_for(".show_queue"), 303)
    return redirect(url_for(".show_people", site_key=site_key), 303)


def _page(site: Site, wrong_form: str = "", error: str = "") -> str:
    session = db.session()
    field, words = split_error(error)
    settings = settings_of()
    pending = people.invitations_of(session, site)
    # Without a mail server the owner hands the link over.
    links = {
        each.id: settings.public_url + invitation_path(settings, each.public_id)
        for each in pending
        if not settings.smtp_host
    }
    return render_template(
        "dashboard/people.html",
        site=site,
        members=people.members_of(session, site),
        pending=pending,
        links=links,
        tokens=api_tokens.tokens_on(session, site),
        scopes=SCOPE_WORDS,
        roles=ROLES,
        now=now(),
        values=request.form if wrong_form == "invite" else {},
        wrong_form=wrong_form,
        field=field,
        error=words,
    )


def _member(session: Session, site: Site) -> User:
    wanted = request.form.get("id", "")
    if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 9:
        abort(400, "id: is missing or none.")
    found = session.scalar(
        select(User)
        .join(Membership)
        .where(Membership.site_id == site.id, Membership.id == int(wanted))
    )
    return found or abort(404)


def _invitation(session: Session, site: Site) -> Invitation:
    try:
        public_id = uuid.UUID(request.form.get("id", ""))
    except ValueError:
        abort(400, "id: is missing or none.")
    found = session.scalar(
        select(Invitation).where(Invitation.public_id == public_id, Invitation.site_id == site.id)
    )
    return found or abort(404)
