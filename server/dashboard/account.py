"""The account's own page: what guards it, and the language it is spoken to."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from werkzeug.wrappers import Response as Answer

from server.dashboard.blueprint import POLICY, blueprint, signed_in
from server.database import write_transaction
from server.invalid import InvalidInput
from server.language import best_language, gettext, names_of_languages, speaking
from server.models import User
from server.sites import account_language

# The picture of an authenticator's key stands in the page itself, so that no cache keeps it.
POLICY_WITH_PICTURE = POLICY.replace("img-src 'self'", "img-src 'self' data:")


@blueprint.get("/account")
@auth_required("session")
def show_account() -> str:
    """Password, authenticator, passkeys and language."""
    return render_template(
        "accounts/account.html", user=signed_in(), languages=names_of_languages()
    )


@blueprint.get("/account/language")
@auth_required("session")
def show_account_instead() -> Answer:
    """Who logs in after the form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_account"), 303)


@blueprint.post("/account/language")
@auth_required("session")
def choose_language() -> Answer:
    """The language of the dashboard and of all mail to the account; empty: the dashboard speaks
    the browser's, and a mail that of the site it is about."""
    user_id = signed_in().id
    try:
        language = account_language(request.form.get("language", ""))
    except InvalidInput as error:
        flash(str(error).partition(": ")[2])
    else:
        with write_transaction() as session:
            session.get_one(User, user_id).language = language
        with speaking(best_language(language, *request.accept_languages.values())):
            flash(gettext("Saved."))
    return redirect(url_for(".show_account", _anchor="language-name"), 303)


@blueprint.after_app_request
def _allow_picture(response: Response) -> Response:
    if request.endpoint == "security.two_factor_setup":
        response.headers["Content-Security-Policy"] = POLICY_WITH_PICTURE
    return response
