"""How errors look to an editor."""

from __future__ import annotations

from flask import Flask, flash, redirect, render_template, request
from flask_login import current_user
from flask_security.utils import url_for_security
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from server import problems

# Title and advice in place of the terms of HTTP.
WORDS = {
    "Not Found": (
        "There is nothing here",
        "The address is wrong, or what it names belongs to a site that is not yours.",
    ),
    "Too Many Requests": (
        "Too many attempts",
        "Please wait a minute before you try again.",
    ),
    "Method Not Allowed": ("That does not work here", "Go back and use the page's own buttons."),
}


def init_app(app: Flask) -> None:
    problems.show_pages_with(app, _page)
    app.register_error_handler(CSRFError, _unproven)


def _page(title: str, detail: str) -> str:
    title, detail = WORDS.get(title, (title, detail))
    return render_template("dashboard/error.html", title=title, detail=detail)


def _unproven(error: CSRFError) -> Response | tuple[str, int]:
    """A form without a valid token: mostly one that outlived its session."""
    if request.endpoint == "security.login":
        flash("That took too long. Please log in again.")
        return redirect(url_for_security("login", next=request.args.get("next")), 303)
    if not current_user.is_authenticated:
        flash("You were logged out meanwhile, so nothing was changed. Please log in again.")
        return redirect(url_for_security("login", next=request.path), 303)
    return _page(
        "Nothing was changed",
        "This form was open for too long or came from elsewhere. "
        "Go back, reload the page, and do it again.",
    ), 400
