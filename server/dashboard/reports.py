"""One report, and the actions on it."""

from __future__ import annotations

import uuid

from flask import abort, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from werkzeug.wrappers import Response

from server import tasks
from server.dashboard import notices
from server.dashboard.blueprint import blueprint, require_acting, signed_in
from server.dashboard.queue_address import QueueAddress
from server.database import write_transaction
from server.extensions import db
from server.models import Event, Report, User
from server.notify.announce import announce
from server.reports import history, membership, queue
from server.reports.resolution import IllegalChange, StaleReport, reopen, resolve
from server.reports.views import VIEWS
from server.reports.withholding import is_withheld, release

ACTION = "<any(fixed, rejected, spam, reopen):action>"


@blueprint.get("/reports/<uuid:public_id>")
@auth_required("session")
def show_report(public_id: uuid.UUID) -> str:
    """One report with everything that is known of it."""
    session, user = db.session(), signed_in()
    report = _report(public_id)
    newer, older = queue.neighbours_of(session, user, report)
    return render_template(
        "dashboard/report.html",
        report=report,
        submissions=history.latest_submissions(session, report),
        changes=history.latest_changes(session, report),
        newer=newer,
        older=older,
        several_sites=len(membership.sites_of(session, user)) > 1,
        acting=membership.sites_to_act_on(session, user),
    )


@blueprint.get(f"/reports/<uuid:public_id>/{ACTION}")
@auth_required("session")
def show_report_instead(public_id: uuid.UUID, action: str) -> Response:
    """Who logs in after an action was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_report", public_id=public_id), 303)


@blueprint.post(f"/reports/<uuid:public_id>/{ACTION}")
@auth_required("session")
def act(public_id: uuid.UUID, action: str) -> Response:
    """Fixed, rejected, spam or reopen; ``version`` is the one that the editor saw."""
    report = _report(public_id)
    require_acting(report.site_id)
    version = request.form.get("version", type=int)
    if version is None:
        abort(400, "version: is missing or not a number.")
    # Asked before the change, while the report still has its place in the view.
    back = _back(report, action)
    try:
        event = _change(report, action, version)
    except StaleReport:
        changes = history.latest_changes(db.session(), report, limit=1)
        notices.tell_stale(report, action, next(iter(changes), None), signed_in())
    except IllegalChange:
        notices.tell_illegal(report)
    else:
        notices.tell_done(report, event)
        tasks.ring()
    return redirect(back, 303)


def _change(report: Report, action: str, version: int) -> Event:
    actor_id = signed_in().id
    with write_transaction() as session:
        actor = session.get_one(User, actor_id)
        if action == "reopen":
            withheld = is_withheld(session, report)
            event = reopen(
                session,
                report,
                version=version,
                actor=actor,
                source="dashboard",
                announced=not withheld,
            )
            # For everybody else it is a new report, and that alone.
            if withheld:
                announce(session.connection(), release(session, report))
            return event
        return resolve(session, report, action, version=version, actor=actor, source="dashboard")


def _back(report: Report, action: str) -> str:
    """To where the action was taken: the report's page, or its place in the queue."""
    if request.form.get("from") != "queue":
        return url_for(".show_report", public_id=report.public_id)
    session, user = db.session(), signed_in()
    address = QueueAddress.read(request.form, membership.sites_of(session, user))
    becomes = "open" if action == "reopen" else action
    if becomes in VIEWS[address.view].statuses:
        return address.url(f"report-{report.public_id}")
    above, below = queue.neighbours_of(
        session, user, report, address.view, filter=address.filter, order=address.order
    )
    beside = below or above
    return address.url(f"report-{beside.public_id}" if beside else None)


def _report(public_id: uuid.UUID) -> Report:
    return queue.report_of(db.session(), signed_in(), public_id) or abort(404)
