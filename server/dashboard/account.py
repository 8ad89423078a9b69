"""The account's own page: what guards it."""

from __future__ import annotations

from flask import Response, render_template, request
from flask_security.decorators import auth_required

from server.dashboard.blueprint import POLICY, blueprint, signed_in

# The picture of an authenticator's key stands in the page itself, so that no cache keeps it.
POLICY_WITH_PICTURE = POLICY.replace("img-src 'self'", "img-src 'self' data:")


@blueprint.get("/account")
@auth_required("session")
def show_account() -> str:
    """Password, authenticator and passkeys."""
    return render_template("accounts/account.html", user=signed_in())


@blueprint.after_app_request
def _allow_picture(response: Response) -> Response:
    if request.endpoint == "security.two_factor_setup":
        response.headers["Content-Security-Policy"] = POLICY_WITH_PICTURE
    return response
