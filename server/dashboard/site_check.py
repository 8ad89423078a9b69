"""An owner has a page looked at: is the tag there, and can it work?"""

from __future__ import annotations

from flask import request
from flask_security.decorators import auth_required

from server.clock import now
from server.dashboard.blueprint import blueprint
from server.dashboard.site_pages import NO_REFUSAL, Refusal, owned
from server.dashboard.sites import SITE, overview
from server.extensions import db, limiter, settings_of
from server.installation.check import Installed, check_page
from server.installation.keys import former_keys
from server.invalid import InvalidInput
from server.models import Site
from server.widget.build import NotBuilt, current_build

# Each makes this server call another.
CHECK_LIMIT = "10/minute"


@blueprint.post(f"{SITE}/check")
@auth_required("session")
@limiter.limit(CHECK_LIMIT)
def check_site_page(site_key: str) -> str | tuple[str, int]:
    """Look at the page whose address was typed in."""
    site = owned(site_key)
    address = request.form.get("address", "").strip()
    installed = _installed(site)
    # The other server takes its time; no connection to the database waits with us.
    db.session.rollback()
    try:
        findings = check_page(
            address,
            installed,
            allow_private=settings_of().webhook_allow_private or not settings_of().production,
        )
    except InvalidInput as error:
        return overview(owned(site_key), Refusal.of("check", error), address=address), 422
    return overview(owned(site_key), NO_REFUSAL, address=address, findings=findings)


def _installed(site: Site) -> Installed:
    moment = now()
    try:
        integrity = current_build().integrity("listener.js")
    except NotBuilt:
        integrity = ""
    return Installed(
        server=settings_of().public_url,
        key=site.key,
        former={each.key: each.works_until > moment for each in former_keys(db.session(), site)},
        origins=[origin.pattern for origin in site.origins],
        article=str(site.widget_settings.get("article", "")),
        integrity=integrity,
    )
