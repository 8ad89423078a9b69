"""What an owner tells the widget, and a preview of what readers then see."""

from __future__ import annotations

from typing import Any

from flask import Response as Page
from flask import make_response, render_template, request
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import audit
from server.dashboard.blueprint import blueprint
from server.dashboard.site_pages import NO_REFUSAL, Refusal, change, owned, site_page
from server.dashboard.sites import SITE
from server.language import gettext
from server.models import Site, User
from server.sites import option_attributes, set_widget_options
from server.widget.build import NotBuilt, current_build
from server.widget.options import OPTIONS, InvalidOption, changed

ADDRESS = f"{SITE}/widget"
# The example is not the site's page, so what names parts of that is not shown by it.
NOT_SHOWN = ("article", "exclude")
# Nothing is sent from it, and nobody else frames it. Images of hints lie on the owner's server.
PREVIEW_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; "
    "form-action 'none'; frame-ancestors 'self'; base-uri 'none'"
)


@blueprint.get(ADDRESS)
@auth_required("session")
def show_widget_options(site_key: str) -> str:
    """All options of the widget."""
    return _page(owned(site_key), NO_REFUSAL)


@blueprint.post(ADDRESS)
@auth_required("session")
def change_widget_options(site_key: str) -> Response | tuple[str, int]:
    """Keep what the form says; pages take it within minutes."""

    def work(session: Session, site: Site, user: User) -> str:
        before = dict(site.widget_settings)
        after = set_widget_options(site, _pairs())
        names = [name for name in OPTIONS if before.get(name) != after.get(name)]
        audit.record(session, "site.widget_changed", actor=user, site=site, detail=", ".join(names))
        return gettext("Saved. Pages take it within five minutes.")

    return change(site_key, "widget", work, _page, ".show_widget_options")


@blueprint.get(f"{ADDRESS}/preview")
@auth_required("session")
def show_widget_preview(site_key: str) -> Page:
    """An example article with the widget as it is set."""
    site = owned(site_key)
    return _preview(site, site.widget_settings)


@blueprint.post(f"{ADDRESS}/preview")
@auth_required("session")
def preview_widget_options(site_key: str) -> Page:
    """An example article with the widget as the form would set it. Changes nothing."""
    site = owned(site_key)
    try:
        return _preview(site, changed({}, _pairs()))
    except InvalidOption as error:
        return _preview(site, {}, str(error), 422)


def _pairs() -> list[str]:
    """What the form says, as ``option=value``; empty where it says nothing of an option."""
    form = request.form
    pairs = [f"{name}={form.get(name, '').strip()}" for name in OPTIONS if name != "touch"]
    # On unless it is turned off, so it is kept only then.
    pairs.append("touch=" if form.get("touch") == "on" else "touch=off")
    return pairs


def _preview(site: Site, options: dict[str, Any], problem: str = "", status: int = 200) -> Page:
    told = {"lang": site.language, **options}
    shown = {name: value for name, value in told.items() if name not in NOT_SHOWN}
    try:
        version = current_build().version
    except NotBuilt as error:
        version, problem = "", problem or str(error)
    page = make_response(
        render_template(
            "dashboard/widget_preview.html",
            version=version,
            attributes=option_attributes({"site": "preview", **shown}),
            problem=problem,
            opens=options.get("mode") != "send",
        ),
        status,
    )
    page.headers["Content-Security-Policy"] = PREVIEW_POLICY
    page.headers["X-Frame-Options"] = "SAMEORIGIN"
    return page


def _page(site: Site, refusal: Refusal) -> str:
    values: dict[str, Any] = {
        name: "on" if value is True else "off" if value is False else str(value)
        for name, value in site.widget_settings.items()
    }
    if refusal.form:
        values = dict(pair.split("=", 1) for pair in _pairs())
    return site_page(
        "site_widget.html", site, "owner", refusal, values=values, languages=_languages()
    )


def _languages() -> list[str]:
    """Those that the widget speaks."""
    try:
        names = current_build().files
    except NotBuilt:
        return []
    return sorted(
        name.removeprefix("locale/").removesuffix(".js")
        for name in names
        if name.startswith("locale/")
    )
