"""What all pages of the dashboard share: their blueprint, their account, their headers."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from flask_login import current_user

from server.extensions import db
from server.language import gettext
from server.models import User
from server.reports.membership import sites_to_act_on

blueprint = Blueprint(
    "dashboard",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)

# No script or style but ours, nothing from elsewhere, nobody's frame.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def signed_in() -> User:
    """The account of the present request; only behind ``auth_required``."""
    user: User = current_user._get_current_object()
    return user


def require_acting(site_id: int) -> None:
    """Answer 403 where the account may only look at this site."""
    if site_id not in sites_to_act_on(db.session(), signed_in()):
        abort(
            403,
            gettext("You may look at this site, but not change anything. Ask one of its owners."),
        )


@blueprint.after_app_request
def _protect(response: Response) -> Response:
    # Tables and exports are as private as the pages that lead to them.
    if request.blueprint == blueprint.name and request.endpoint != f"{blueprint.name}.static":
        response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype != "text/html":
        return response
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
