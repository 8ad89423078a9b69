"""Queue, report and deliveries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request
from flask import url_for as address_of
from flask_login import current_user as _session_user
from flask_security.decorators import auth_required
from werkzeug.wrappers import Response as BaseResponse

from server import tasks
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Report, Site, User
from server.notify import log as deliveries_log
from server.notify import outbox
from server.reports import queue
from server.reports.resolution import RESOLUTIONS, IllegalChange, StaleReport, reopen, resolve
from server.sites import script_tag

blueprint = Blueprint(
    "dashboard",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)

ACTIONS = (*RESOLUTIONS, "reopen")


def _user() -> User:
    user: User = _session_user._get_current_object()
    return user


@blueprint.get("/")
@auth_required("session")
def show_queue() -> str:
    """One view of the queue: ``?view=open&site=<key>&after=<cursor>``."""
    session, user = db.session(), _user()
    view = request.args.get("view", "open")
    if view not in queue.VIEWS:
        abort(404)
    sites = queue.sites_of(session, user)
    site = _chosen(sites)
    reports, following = queue.reports_in_view(
        session, user, view, site=site, after=queue.Cursor.parse(request.args.get("after", ""))
    )
    public_url = current_app.extensions["copydesk_settings"].public_url
    return render_template(
        "dashboard/queue.html",
        view=view,
        views=queue.VIEWS,
        sites=sites,
        site=site,
        reports=reports,
        following=following,
        counts=queue.counts_by_status(session, user, site),
        may_act={each.id: queue.may_act(session, user, each.id) for each in sites},
        tags=[(each.name, script_tag(each, public_url)) for each in sites],
    )


def _chosen(sites: Sequence[Site]) -> Site | None:
    key = request.args.get("site")
    if not key:
        return None
    return next((site for site in sites if site.key == key), None) or abort(404)


@blueprint.get("/reports/<uuid:public_id>")
@auth_required("session")
def show_report(public_id: uuid.UUID) -> str:
    """One report with everything that is known of it."""
    session, user = db.session(), _user()
    report = _report(public_id)
    newer, older = queue.neighbours_of(session, user, report)
    return render_template(
        "dashboard/report.html",
        report=report,
        newer=newer,
        older=older,
        may_act=queue.may_act(session, user, report.site_id),
    )


@blueprint.post("/reports/<uuid:public_id>/<action>")
@auth_required("session")
def act(public_id: uuid.UUID, action: str) -> BaseResponse:
    """Fixed, rejected, spam or reopen; ``version`` is the one that the editor saw."""
    if action not in ACTIONS:
        abort(404)
    report = _report(public_id)
    if not queue.may_act(db.session(), _user(), report.site_id):
        abort(403, "You may look at this site's reports, not change them.")
    version = request.form.get("version", type=int)
    if version is None:
        abort(400, "version: is missing or not a number.")
    try:
        _change(report.id, action, version)
    except StaleReport as error:
        flash(f"Nothing was changed: somebody was faster, the report is {error.report.status} now.")
        return redirect(address_of(".show_report", public_id=public_id), 303)
    except IllegalChange as error:
        flash(f"Nothing was changed: {error}.")
    else:
        flash("Open again." if action == "reopen" else f"Marked as {action}.")
    return redirect(_back(public_id), 303)


def _change(report_id: int, action: str, version: int) -> None:
    actor_id = _user().id
    with write_transaction() as session:
        report = session.get_one(Report, report_id)
        actor = session.get_one(User, actor_id)
        if action == "reopen":
            reopen(session, report, version=version, actor=actor, source="dashboard")
        else:
            resolve(session, report, action, version=version, actor=actor, source="dashboard")


def _back(public_id: uuid.UUID) -> str:
    """To the queue where the action was taken there, with its view and site."""
    if request.form.get("from") != "queue":
        return address_of(".show_report", public_id=public_id)
    view = request.form.get("view", "open")
    return address_of(".show_queue", view=view, site=request.form.get("site") or None)


def _report(public_id: uuid.UUID) -> Report:
    return queue.report_of(db.session(), _user(), public_id) or abort(404)


@blueprint.get("/deliveries")
@auth_required("session")
def show_deliveries() -> str:
    """What went to whom, newest first."""
    settings = current_app.extensions["copydesk_settings"]
    found, following = deliveries_log.deliveries_of(
        db.session(), _user(), before=request.args.get("before", type=int)
    )
    return render_template(
        "dashboard/deliveries.html",
        deliveries=found,
        following=following,
        smtp_host=settings.smtp_host,
    )


@blueprint.get("/deliveries/<uuid:public_id>")
@auth_required("session")
def show_delivery(public_id: uuid.UUID) -> str:
    """One message, as it was sent or kept."""
    delivery = _delivery(public_id)
    return render_template(
        "dashboard/delivery.html",
        delivery=delivery,
        may_act=queue.may_act(db.session(), _user(), delivery.site_id),
    )


@blueprint.get("/deliveries/<uuid:public_id>/html")
@auth_required("session")
def show_delivery_html(public_id: uuid.UUID) -> Response:
    """The HTML part alone, for the sandboxed frame of the page above."""
    response = Response(_delivery(public_id).html, content_type="text/html; charset=utf-8")
    # A mail carries its style in itself; nothing else may load or run.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.post("/deliveries/<uuid:public_id>/retry")
@auth_required("session")
def retry_delivery(public_id: uuid.UUID) -> BaseResponse:
    """Queue a kept or failed message again."""
    delivery = _delivery(public_id)
    if not queue.may_act(db.session(), _user(), delivery.site_id):
        abort(403, "You may look at this site's deliveries, not change them.")
    delivery_id = delivery.id
    with write_transaction() as session:
        queued = outbox.retry(session, session.get_one(Delivery, delivery_id))
    if queued:
        tasks.ring()
        flash("Queued again.")
    else:
        flash("Nothing was changed: the message is not kept or failed any more.")
    return redirect(address_of(".show_delivery", public_id=public_id), 303)


def _delivery(public_id: uuid.UUID) -> Delivery:
    return deliveries_log.delivery_of(db.session(), _user(), public_id) or abort(404)


@blueprint.after_app_request
def _protect(response: Response) -> Response:
    """Headers of every page: no script or style but ours, no frame, no copy in shared caches."""
    if response.mimetype != "text/html":
        return response
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
