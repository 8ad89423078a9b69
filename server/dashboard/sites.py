"""The list of sites, adding one, and a site's first page: its tag and whether it is at work."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import audit
from server.clock import now
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.site_pages import (
    NO_REFUSAL,
    Refusal,
    change,
    membership,
    site_page,
)
from server.database import write_with_retry
from server.extensions import db, settings_of
from server.installation.keys import GRACE, end_former_key, former_keys, renew_key
from server.installation.sightings import last_report_at, sightings_of
from server.invalid import InvalidInput
from server.language import gettext
from server.models import Site, User
from server.reports.membership import memberships_of
from server.sites import add_member, add_site, change_site, may_add_sites, script_tag

SITE = "/sites/<site_key>"


@blueprint.get("/sites")
@auth_required("session")
def show_sites() -> str:
    """The account's sites, and whether their tags are at work."""
    session = db.session()
    found = memberships_of(session, signed_in())
    latest = {each.site_id: next(iter(sightings_of(session, each.site)), None) for each in found}
    return render_template(
        "dashboard/sites.html",
        memberships=found,
        latest=latest,
        may_add=may_add_sites(session, signed_in()),
    )


@blueprint.get("/sites/add")
@auth_required("session")
def show_new_site() -> str:
    """The form for a new site."""
    _require_may_add()
    return _new_site_page(NO_REFUSAL)


@blueprint.post("/sites/add")
@auth_required("session")
def add_new_site() -> Response | tuple[str, int]:
    """A new site, which the account owns. What follows waits for its first report."""
    _require_may_add()
    user_id, form = signed_in().id, request.form
    origins = form.get("origins", "").split()

    def add(session: Session) -> str:
        user = session.get_one(User, user_id)
        if not may_add_sites(session, user):
            abort(403)
        site = add_site(session, form.get("name", ""), origins, form.get("language", ""))
        change_site(site, zone=form.get("zone", "").strip() or "UTC")
        add_member(session, user, site, "owner")
        audit.record(session, "site.added", actor=user, site=site, detail=site.name)
        return site.key

    try:
        key = write_with_retry(add)
    except InvalidInput as error:
        return _new_site_page(Refusal.of("site", error)), 422
    return redirect(url_for(".show_first_report", site_key=key), 303)


def _require_may_add() -> None:
    if not may_add_sites(db.session(), signed_in()):
        abort(403, gettext("Sites are added by who owns one."))


def _new_site_page(refusal: Refusal) -> str:
    return render_template("dashboard/site_new.html", refusal=refusal, values=request.form)


@blueprint.get(SITE)
@auth_required("session")
def show_site(site_key: str) -> str:
    """A site's tag, where it was last seen, and its keys."""
    found = membership(site_key)
    return overview(found.site, NO_REFUSAL, role=found.role)


@blueprint.get(f"{SITE}/<path:form>")
@auth_required("session")
def show_site_instead(site_key: str, form: str) -> Response:
    """Who logs in after a form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_site", site_key=site_key), 303)


@blueprint.post(f"{SITE}/key/renew")
@auth_required("session")
def renew_site_key(site_key: str) -> Response | tuple[str, int]:
    """A new key; tags with the former one go on working for a while."""

    def work(session: Session, site: Site, user: User) -> str:
        renew_key(session, site, request.form.get("key", ""))
        audit.record(session, "site.key_renewed", actor=user, site=site)
        return gettext(
            "The site has a new key. The former tag works for %(days)s days more.", days=GRACE.days
        )

    return change(site_key, "key", work, overview, ".show_site")


@blueprint.post(f"{SITE}/key/end")
@auth_required("session")
def end_site_key(site_key: str) -> Response | tuple[str, int]:
    """Let a former key work no longer."""

    def work(session: Session, site: Site, user: User) -> str:
        end_former_key(session, site, request.form.get("key", ""))
        audit.record(session, "site.key_ended", actor=user, site=site)
        return gettext("Tags with the former key do not work any more.")

    return change(site_key, "key", work, overview, ".show_site")


def overview(site: Site, refusal: Refusal, *, role: str = "owner", **values: object) -> str:
    """A site's first page."""
    session, moment = db.session(), now()
    seen = sightings_of(session, site)
    return site_page(
        "site.html",
        site,
        role,
        refusal,
        tag=script_tag(site, settings_of().public_url),
        seen={
            kind: next((each for each in seen if (each.key, each.kind) == (site.key, kind)), None)
            for kind in ("allowed", "foreign", "unnamed")
        },
        former=[
            (
                former,
                former.works_until > moment,
                next((each for each in seen if each.key == former.key), None),
            )
            for former in former_keys(session, site)
        ],
        last_report=last_report_at(session, site),
        grace=GRACE.days,
        **values,
    )
