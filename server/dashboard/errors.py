"""How errors look to an editor."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash, redirect, render_template, request
from flask_login import AnonymousUserMixin, current_user
from flask_security.utils import url_for_security
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException
from werkzeug.wrappers import Response

from server import problems
from server.language import gettext, lazy

# In place of the terms of HTTP: a title, and advice where whoever refused gave no reason.
WORDS: dict[int, tuple[Any, Any]] = {
    400: (lazy("This cannot be read"), lazy("Go back, and use the page's own buttons.")),
    403: (lazy("You may not do that"), lazy("Ask an owner of the site.")),
    404: (
        lazy("There is nothing here"),
        lazy("The address is wrong, or what it names belongs to a site that is not yours."),
    ),
    405: (lazy("That does not work here"), lazy("Go back, and use the page's own buttons.")),
    413: (lazy("That is too much at once"), lazy("Send less, and try again.")),
    415: (lazy("This cannot be read"), lazy("Go back, and use the page's own buttons.")),
    429: (lazy("Too many attempts"), lazy("Please wait a while before you try again.")),
}
OTHERWISE = WORDS[405]
OUT_OF_ORDER = (
    lazy("The database does not answer"),
    lazy("It is busy or out of order. Please try again in a moment."),
)
OUR_FAULT = (
    lazy("Something went wrong on our side"),
    lazy("It is noted in the server’s log. If it happens again, tell whoever runs this server."),
)


def init_app(app: Flask) -> None:
    problems.show_pages_with(app, _refused, _trouble)
    app.register_error_handler(CSRFError, _unproven)


def _refused(error: HTTPException) -> str:
    title, advice = WORDS.get(error.code or 0, OTHERWISE)
    # What no code of ours says is English, and speaks of the protocol.
    kind = type(error)
    of_ours = kind in (BadRequest, Forbidden) and error.description != kind.description
    return _page(title, error.description if of_ours else advice)


def _page(title: str, detail: str | None) -> str:
    return render_template("dashboard/error.html", title=title, detail=detail)


def _trouble(status: int) -> str:
    title, detail = OUT_OF_ORDER if status == 503 else OUR_FAULT
    # As to nobody, or the database would be asked who it is.
    return render_template(
        "dashboard/error.html",
        title=title,
        detail=detail,
        current_user=AnonymousUserMixin(),
        again=request.method == "GET",
    )


def _unproven(error: CSRFError) -> Response | tuple[str, int]:
    """A form without a valid token: mostly one that outlived its session."""
    if request.endpoint == "security.login":
        flash(gettext("That took too long. Please log in again."))
        return redirect(url_for_security("login", next=request.args.get("next")), 303)
    if not current_user.is_authenticated:
        flash(
            gettext("You were logged out meanwhile, so nothing was changed. Please log in again.")
        )
        return redirect(url_for_security("login", next=request.path), 303)
    return _page(
        gettext("Nothing was changed"),
        gettext(
            "This form was open for too long or came from elsewhere. "
            "Go back, reload the page, and do it again."
        ),
    ), 400
