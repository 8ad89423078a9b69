"""One change of a report from a form: checked, made, told, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import tasks
from server.dashboard import notices
from server.dashboard.blueprint import signed_in
from server.dashboard.queue import views_in_place
from server.dashboard.queue_address import QueueAddress
from server.dashboard.report_page import Draft, address_of_report
from server.dashboard.rows import rows
from server.database import write_transaction
from server.extensions import db, settings_of
from server.models import Event, Report, User
from server.notify.assigned import tell_of_assignment
from server.reports import history, membership, on_page, queue
from server.reports.change import IllegalChange, StaleReport
from server.reports.undo import UNDONE
from server.reports.views import VIEWS

Change = Callable[[Session, User, int], Event]
# Where rows are, as forms name it.
LISTS = ("queue", "page")


def asked_version() -> int:
    """The version that the editor saw. Answers 400 where the form has none."""
    version = request.form.get("version", type=int)
    if version is None:
        abort(400, "version: is missing or not a number.")
    return version


def make_change(report: Report, wanted: str, change: Change, becomes: str = "") -> Response | str:
    """Make a change in a transaction and lead back to where it was asked for; scripts in a list get
    the row instead. ``wanted``: the action's name; ``becomes``: the status that the report then
    has, empty where it stays."""
    version, actor_id = asked_version(), signed_in().id
    # Asked before the change, while the report still has its place in the view.
    back = None if is_in_place() else way_back(report)
    try:
        with write_transaction() as session:
            event = change(session, session.get_one(User, actor_id), version)
            tell_of_assignment(session, report, event, settings_of().mail_from)
    except StaleReport:
        meanwhile = history.since_version(db.session(), report, version)
        notices.tell_stale(report, meanwhile, becomes)
    except IllegalChange:
        notices.tell_illegal(report, wanted)
    else:
        notices.tell_done(report, event, undone=wanted == "undo")
        tasks.ring()
    return redirect(back(), 303) if back else changed_row(report)


def is_in_place() -> bool:
    """Whether a script asks that works on a row of a list."""
    return "HX-Request" in request.headers and request.values.get("from") in LISTS


def list_of_row() -> dict[str, Any]:
    """The list that a row stands in, for its templates: ``section`` and ``address``."""
    session, user = db.session(), signed_in()
    origin = request.values["from"]
    if origin == "page":
        address = QueueAddress(view="all" if request.values.get("view") == "all" else "open")
    else:
        address = QueueAddress.read(request.values, membership.sites_of(session, user))
    return {"section": origin, "address": address}


def changed_row(report: Report, draft: Draft | None = None) -> str:
    """The row of a list as it now is, and what is to be told. With a draft it stays a row, in which
    what was typed stands."""
    user, within = signed_in(), list_of_row()
    origin, address = within["section"], within["address"]
    last = history.latest_events(db.session(), report, limit=1)[0]
    return render_template(
        "dashboard/row_changed.html",
        **within,
        page=report.page if origin == "page" else None,
        report=report,
        draft=draft,
        stays_in_view=draft or VIEWS[address.view].holds(report, user.id),
        stays=True,
        **(views_in_place(address) if origin == "queue" else {}),
        last=last,
        undoable=last.kind in UNDONE and last.actor_id == user.id,
        **rows([report]),
    )


def way_back(report: Report) -> Callable[[], str]:
    """To where the action was taken, as it is afterwards: the report's page, its place in the
    queue, or on its page."""
    origin = request.form.get("from")
    if origin == "queue":
        return _to_queue(report)
    if origin == "page":
        return _to_page(report)
    back = address_of_report(report)
    return lambda: back


def _to_queue(report: Report) -> Callable[[], str]:
    session, user = db.session(), signed_in()
    user_id = user.id
    address = QueueAddress.read(request.form, membership.sites_of(session, user))
    above, below = queue.neighbours_of(
        session, user, report, address.view, filter=address.filter, order=address.order
    )
    beside = below or above
    beside_id = beside.public_id if beside else None

    def back() -> str:
        stays = VIEWS[address.view].holds(report, user_id)
        next_id = report.public_id if stays else beside_id
        return address.url(f"report-{next_id}" if next_id else None)

    return back


def _to_page(report: Report) -> Callable[[], str]:
    closed = request.form.get("view") == "all"
    beside = on_page.next_of_page(db.session(), report)
    beside_id = beside.public_id if beside else None

    def back() -> str:
        next_id = report.public_id if closed or report.status == "open" else beside_id
        return url_for(
            ".show_page",
            page_id=report.page_id,
            view="all" if closed else None,
            _anchor=f"report-{next_id}" if next_id else None,
        )

    return back
