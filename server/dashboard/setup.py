"""First run: the first account, and waiting for a site's first report."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from flask_security.utils import login_user, url_for_security
from sqlalchemy import select
from werkzeug.wrappers import Response

from server.config import Settings
from server.dashboard.blueprint import blueprint
from server.dashboard.site_pages import NO_REFUSAL, Refusal, membership
from server.dashboard.sites import SITE
from server.database import write_transaction
from server.extensions import db, limiter, settings_of
from server.first_run import SetUpAlready, is_set_up, make_first_account
from server.installation.sightings import sightings_of
from server.invalid import InvalidInput
from server.language import gettext
from server.models import Report, Sighting, Site, User
from server.sites import script_tag

# Where nobody could do anything yet.
WAY_IN = ("dashboard.show_queue", "security.login")


@blueprint.before_app_request
def lead_to_setup() -> Response | None:
    """Who comes first makes the first account."""
    if request.endpoint in WAY_IN and not is_set_up():
        return redirect(url_for("dashboard.show_setup"), 303)
    return None


def _limit() -> str:
    found: Settings = current_app.extensions["copydesk_settings"]
    return found.login_limit


@blueprint.get("/setup")
def show_setup() -> str:
    """The form for the first account; there is none once somebody has one."""
    if is_set_up():
        abort(404)
    return _page(NO_REFUSAL)


@blueprint.post("/setup")
@limiter.shared_limit(_limit, scope="login")
def set_up() -> Response | tuple[str, int]:
    """Make the first account and log in with it. What follows is the first site."""
    if is_set_up():
        return _too_late()
    form = request.form
    email, password = form.get("email", ""), form.get("password", "")
    try:
        if password != form.get("password_confirm", ""):
            raise InvalidInput("password: " + gettext("The two are not the same."))
        with write_transaction() as session:
            user_id = make_first_account(
                session, settings_of(), form.get("token", ""), email, password
            ).id
    except SetUpAlready:
        return _too_late()
    except InvalidInput as error:
        return _page(Refusal.of("setup", error)), 422
    login_user(db.session.get_one(User, user_id), authn_via=["password"])
    return redirect(url_for(".show_new_site"), 303)


def _too_late() -> Response:
    flash(gettext("Somebody has made the first account already. Ask them to invite you."))
    return redirect(url_for_security("login"), 303)


def _page(refusal: Refusal) -> str:
    given = request.form if refusal.form else request.args
    return render_template("accounts/setup.html", refusal=refusal, values=given)


@blueprint.get(f"{SITE}/start")
@auth_required("session")
def show_first_report(site_key: str) -> str:
    """The tag of a new site, and what is still to come: it looks again by itself."""
    return _Progress.of(site_key).render("dashboard/site_start.html")


@blueprint.get(f"{SITE}/start/progress")
@auth_required("session")
def show_progress(site_key: str) -> str | tuple[str, int]:
    """The part of that page which changes; nothing (204) while it says what it said."""
    progress = _Progress.of(site_key)
    if progress.first is None and (progress.seen is not None) == ("seen" in request.args):
        return "", 204
    return progress.render("dashboard/site_progress.html")


@dataclass(frozen=True)
class _Progress:
    """How far a site has come: where its tag was seen, and its first report."""

    site: Site
    seen: Sighting | None
    first: Report | None

    @classmethod
    def of(cls, site_key: str) -> _Progress:
        site, session = membership(site_key).site, db.session()
        seen = (each for each in sightings_of(session, site) if each.kind != "foreign")
        reports = select(Report).where(Report.site_id == site.id)
        first = session.scalar(reports.order_by(Report.first_submitted_at).limit(1))
        return cls(site, next(seen, None), first)

    def render(self, template: str) -> str:
        return render_template(
            template,
            site=self.site,
            seen=self.seen,
            first=self.first,
            tag=script_tag(self.site, settings_of().public_url),
        )
