"""A site's name, language and origins."""

from __future__ import annotations

from flask import request
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import audit
from server.dashboard.blueprint import blueprint
from server.dashboard.site_pages import NO_REFUSAL, Refusal, change, owned, site_page
from server.dashboard.sites import SITE
from server.language import gettext
from server.models import Site, User
from server.sites import change_origins, change_site, rename_site
from server.text.address import origin_pattern

ADDRESS = f"{SITE}/settings"


@blueprint.get(ADDRESS)
@auth_required("session")
def show_site_settings(site_key: str) -> str:
    """What a site is called, and where its articles live."""
    return _page(owned(site_key), NO_REFUSAL)


@blueprint.post(ADDRESS)
@auth_required("session")
def change_site_settings(site_key: str) -> Response | tuple[str, int]:
    """Another name or language."""

    def work(session: Session, site: Site, user: User) -> str:
        form = request.form
        rename_site(session, site, form.get("name", ""), form.get("language", ""))
        change_site(site, zone=form.get("zone", site.zone).strip())
        audit.record(
            session,
            "site.renamed",
            actor=user,
            site=site,
            detail=f"{site.name}, {site.language}, {site.zone}",
        )
        return gettext("Saved.")

    return change(site_key, "settings", work, _page, ".show_site_settings")


@blueprint.post(f"{ADDRESS}/origins/add")
@auth_required("session")
def add_site_origin(site_key: str) -> Response | tuple[str, int]:
    """One more place where articles live."""

    def work(session: Session, site: Site, user: User) -> str:
        origin = request.form.get("origin", "").strip()
        change_origins(site, [origin], [])
        pattern = origin_pattern(origin)
        audit.record(session, "site.origin_added", actor=user, site=site, detail=pattern)
        return gettext("Reports from %(origin)s are taken now.", origin=pattern)

    return change(site_key, "origin", work, _page, ".show_site_settings")


@blueprint.post(f"{ADDRESS}/origins/remove")
@auth_required("session")
def remove_site_origin(site_key: str) -> Response | tuple[str, int]:
    """Articles live there no more."""

    def work(session: Session, site: Site, user: User) -> str:
        origin = request.form.get("origin", "").strip()
        change_origins(site, [], [origin])
        audit.record(session, "site.origin_removed", actor=user, site=site, detail=origin)
        return gettext("Reports from %(origin)s are not taken any more.", origin=origin)

    return change(site_key, "origins", work, _page, ".show_site_settings")


def _page(site: Site, refusal: Refusal) -> str:
    return site_page(
        "site_settings.html",
        site,
        "owner",
        refusal,
        values=request.form if refusal.form else {},
    )
