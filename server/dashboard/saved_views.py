"""Keeping views of the queue under names of one's own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy import delete
from werkzeug.wrappers import Response

from server.dashboard import notices
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.queue_address import QueueAddress, typed
from server.database import write_with_retry
from server.extensions import db
from server.language import gettext, lazy
from server.models import SavedView
from server.reports import membership, saved_views
from server.reports.saved_views import NotSavedError

REASONS: dict[str, Any] = {
    "empty": lazy("A view needs a name. Nothing was saved."),
    "long": lazy("The name is longer than 60 characters. Nothing was saved."),
    "taken": lazy("You have a view of this name already. Nothing was saved."),
    "many": lazy("You have 30 views already. Remove one first."),
}


@blueprint.get("/views")
@auth_required("session")
def show_views_instead() -> Response:
    """Who logs in after saving was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_queue"), 303)


@blueprint.post("/views")
@auth_required("session")
def save_view() -> Response:
    """Keep the state of the queue that the form carries."""
    user = signed_in()
    address = QueueAddress.read(request.form, membership.sites_of(db.session(), user))
    query = urlencode({key: text for key, text in address.fields().items() if key != "after"})
    user_id, name = user.id, _name()
    try:
        write_with_retry(lambda session: saved_views.save(session, user_id, name, query))
    except NotSavedError as error:
        notices.tell_refused("saved-name", str(REASONS[error.reason]), name)
        return redirect(address.url(after=None), 303)
    flash(gettext("The view “%(name)s” is saved.", name=name))
    return redirect(address.url(after=None), 303)


@blueprint.post("/views/<int:view_id>")
@auth_required("session")
def change_view(view_id: int) -> Response:
    """Give a view another name, or remove it."""
    view, user_id = _own(view_id), signed_in().id
    name = _name()
    if request.form.get("do") == "remove":
        former = view.name
        write_with_retry(
            lambda session: session.execute(
                delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == user_id)
            )
        )
        flash(gettext("The view “%(name)s” is removed.", name=former))
        return redirect(url_for(".show_queue"), 303)
    try:
        write_with_retry(
            lambda session: saved_views.rename(session, session.get_one(SavedView, view_id), name)
        )
    except NotSavedError as error:
        notices.tell_refused(f"saved-{view_id}", str(REASONS[error.reason]), name)
    return redirect(address_of(_own(view_id)), 303)


@blueprint.get("/views/<int:view_id>")
@auth_required("session")
def show_view(view_id: int) -> Response:
    """Where a saved view leads. A GET never changes anything."""
    return redirect(address_of(_own(view_id)), 303)


def address_of(view: SavedView) -> str:
    return url_for("dashboard.show_queue") + (f"?{view.address}" if view.address else "")


def _own(view_id: int) -> SavedView:
    # Ids of a database end somewhere.
    if view_id >= 2**31:
        abort(404)
    return saved_views.own_view(db.session(), signed_in(), view_id) or abort(404)


def _name() -> str:
    return typed(request.form.get("name", ""))
