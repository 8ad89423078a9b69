"""One action on many reports: those that were selected, or all of a view."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from flask import abort, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import tasks
from server.clock import now
from server.dashboard import notices
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.queue_address import QueueAddress
from server.database import write_with_retry
from server.extensions import db
from server.language import gettext
from server.models import BulkAction, Report, User
from server.reports import bulk, membership, on_page, queue
from server.reports.views import moment_of

KIND = "<any(fixed, rejected, spam, take):kind>"
# More of a page's checkboxes do not exist.
MOST_CHOSEN = 500
LARGEST = 2**31 - 1


@blueprint.get(f"/bulk/{KIND}")
@auth_required("session")
def show_bulk_instead(kind: str) -> Response:
    """Who logs in after an action was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_queue"), 303)


@blueprint.post(f"/bulk/{KIND}")
@auth_required("session")
def act_on_many(kind: str) -> Response:
    """``chosen``: a report's id and the version that was seen, for each; or ``whole``: all of the
    view that the form names, as it was when its page was made."""
    user_id = signed_in().id
    seen = _whole() if request.form.get("whole") else _chosen()
    back = _back()
    if not seen:
        notices.tell_nothing_chosen()
        return redirect(back, 303)
    return _do(
        lambda session: bulk.begin(session, session.get_one(User, user_id), kind, seen), back
    )


@blueprint.get("/bulk/<uuid:public_id>")
@auth_required("session")
def show_bulk_action(public_id: uuid.UUID) -> str:
    """How far it is. Scripts ask for its part of the page alone."""
    action = _action(public_id)
    template = "progress" if request.headers.get("HX-Request") else "action"
    return render_template(
        f"dashboard/bulk_{template}.html",
        action=action,
        progress=bulk.progress_of(db.session(), action),
    )


@blueprint.get("/bulk/<uuid:public_id>/<any(cancel, undo):step>")
@auth_required("session")
def show_bulk_action_instead(public_id: uuid.UUID, step: str) -> Response:
    """Who logs in after an action was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_bulk_action", public_id=public_id), 303)


@blueprint.post("/bulk/<uuid:public_id>/cancel")
@auth_required("session")
def cancel_bulk_action(public_id: uuid.UUID) -> Response:
    """Do no more of it; what is done stays done."""
    action_id = _action(public_id).id

    def cancel(session: Session) -> None:
        bulk.cancel(session, session.get_one(BulkAction, action_id))

    write_with_retry(cancel)
    return redirect(url_for(".show_bulk_action", public_id=public_id), 303)


@blueprint.post("/bulk/<uuid:public_id>/undo")
@auth_required("session")
def undo_bulk_action(public_id: uuid.UUID) -> Response:
    """Take back what it did, where nobody did anything since."""
    action = _action(public_id)
    if action.kind == "undo":
        abort(400, gettext("What was undone can be done again, but not by undoing."))
    action_id = action.id
    return _do(
        lambda session: bulk.begin_undo(session, session.get_one(BulkAction, action_id)), _back()
    )


def _do(ask: Callable[[Session], BulkAction], back: str) -> Response:
    """Few at once, many by a worker, whose progress the next page shows."""

    def work(session: Session) -> tuple[uuid.UUID, bool]:
        action = ask(session)
        small = bulk.progress_of(session, action).total <= bulk.SMALL
        if small:
            bulk.finish(session, action)
        return action.public_id, small

    public_id, small = write_with_retry(work)
    tasks.ring()
    if not small:
        return redirect(url_for(".show_bulk_action", public_id=public_id), 303)
    action = _action(public_id)
    notices.tell_many(action, bulk.progress_of(db.session(), action))
    return redirect(back, 303)


def _chosen() -> list[tuple[int, int]]:
    """The reports that the account may change, among those that were selected."""
    named: dict[uuid.UUID, int] = {}
    for value in request.form.getlist("chosen")[:MOST_CHOSEN]:
        name, _, version = value.partition(".")
        try:
            named[uuid.UUID(name)] = _number(version)
        except ValueError:
            abort(400, "chosen: is no report and its version.")
    session = db.session()
    acting = membership.sites_to_act_on(session, signed_in())
    found = session.execute(
        select(Report.id, Report.public_id).where(
            Report.public_id.in_(named), Report.site_id.in_(acting)
        )
    )
    return _allowed([(id, named[public_id]) for id, public_id in found])


def _number(text: str) -> int:
    """Of a version or a page. Raises ValueError for what no column of a database takes."""
    if not 0 <= (number := int(text)) <= LARGEST:
        raise ValueError(f"not from 0 to {LARGEST}")
    return number


def _allowed(seen: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Answers 403 where nothing may be changed because the account only looks."""
    if not seen and not membership.sites_to_act_on(db.session(), signed_in()):
        abort(
            403,
            gettext("You may look at this site, but not change anything. Ask one of its owners."),
        )
    return seen


def _whole() -> list[tuple[int, int]]:
    """All reports of the view, as they are now, but none that came after its page was made."""
    session, user = db.session(), signed_in()
    acting = membership.sites_to_act_on(session, user)
    found: list[tuple[int, int]] = []
    for ids in _ids_of_view():
        rows = session.execute(
            select(Report.id, Report.version).where(Report.id.in_(ids), Report.site_id.in_(acting))
        )
        found += [(id, version) for id, version in rows]
        if len(found) >= bulk.MOST:
            break
    return _allowed(found[: bulk.MOST])


def _ids_of_view() -> Iterator[list[int]]:
    session, user = db.session(), signed_in()
    if request.form.get("from") == "page":
        wanted = request.form.get("page", 0, type=_number)
        page = on_page.page_of(session, user, wanted) or abort(404)
        return iter([[report.id for report in on_page.reports_of_page(session, page).all]])
    address = QueueAddress.read(request.form, membership.sites_of(session, user))
    try:
        before = moment_of(request.form.get("seen", ""))
    except (ValueError, OverflowError):
        before = now()
    return queue.ids_in_batches(session, user, address.view, address.filter, before=before)


def _back() -> str:
    """To the list, where the work goes on: at the report that the form names as ``next``, else at
    the list's beginning."""
    session, user = db.session(), signed_in()
    try:
        anchor = f"report-{uuid.UUID(request.form.get('next', ''))}"
    except ValueError:
        anchor = "main"
    if request.form.get("from") == "page":
        page_id = request.form.get("page", 0, type=_number)
        view = "all" if request.form.get("view") == "all" else None
        return url_for(".show_page", page_id=page_id, view=view, _anchor=anchor)
    return QueueAddress.read(request.form, membership.sites_of(session, user)).url(anchor)


def _action(public_id: uuid.UUID) -> BulkAction:
    return bulk.action_of(db.session(), signed_in(), public_id) or abort(404)
