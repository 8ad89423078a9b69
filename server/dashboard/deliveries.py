"""What was sent to whom, and how it looked."""

from __future__ import annotations

import uuid

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from werkzeug.wrappers import Response as BaseResponse

from server import tasks
from server.clock import now
from server.dashboard.blueprint import blueprint, require_acting, signed_in
from server.database import write_transaction
from server.extensions import db, settings_of
from server.language import gettext, ngettext
from server.models import Delivery
from server.models.delivery import DELIVERY_STATES
from server.notify import again, breaker, log
from server.reports.membership import site_among, sites_of, sites_to_act_on

# A mail carries its style in itself; nothing else may load, and nothing may run.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


@blueprint.get("/deliveries")
@auth_required("session")
def show_deliveries() -> str:
    """What went to whom, newest first."""
    settings, session = settings_of(), db.session()
    sites = sites_of(session, signed_in())
    site = site_among(session, sites, request.args.get("site"))
    state = request.args.get("state", "")
    state = state if state in DELIVERY_STATES else ""
    found, following = log.deliveries_of(
        session,
        signed_in(),
        site=site,
        state=state,
        before=request.args.get("before", type=int),
    )
    return render_template(
        "dashboard/deliveries.html",
        deliveries=found,
        sites=sites,
        site=site,
        states=DELIVERY_STATES,
        state=state,
        held=breaker.held_among(session, found),
        names=log.names_of_channels(session, found),
        following=following,
        smtp_host=settings.smtp_host,
    )


@blueprint.get("/deliveries/<uuid:public_id>")
@auth_required("session")
def show_delivery(public_id: uuid.UUID) -> str:
    """One message, as it was sent or kept."""
    settings = settings_of()
    session, delivery = db.session(), _delivery(public_id)
    return render_template(
        "dashboard/delivery.html",
        delivery=delivery,
        held=breaker.held_among(session, [delivery]).get(delivery.id),
        name=log.names_of_channels(session, [delivery]).get(delivery.recipient),
        attempts=log.attempts_of(session, delivery),
        again=again.can_be_sent_again(delivery),
        present=now(),
        smtp_host=settings.smtp_host,
        acting=sites_to_act_on(db.session(), signed_in()),
    )


@blueprint.get("/deliveries/<uuid:public_id>/html")
@auth_required("session")
def show_delivery_html(public_id: uuid.UUID) -> Response:
    """The HTML part alone, for the sandboxed frame of the page above."""
    response = Response(_delivery(public_id).html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


ACTION = "<any(retry, retry_all, probe):action>"


@blueprint.get(f"/deliveries/<uuid:public_id>/{ACTION}")
@auth_required("session")
def show_delivery_instead(public_id: uuid.UUID, action: str) -> BaseResponse:
    """Who logs in after an action was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_delivery", public_id=public_id), 303)


@blueprint.post(f"/deliveries/<uuid:public_id>/{ACTION}")
@auth_required("session")
def retry_delivery(public_id: uuid.UUID, action: str) -> BaseResponse:
    """Queue a message again, or all that failed for its recipient; or try a held recipient now."""
    delivery = _delivery(public_id)
    require_acting(delivery.site.id)
    with write_transaction() as session:
        if action == "probe":
            count = int(breaker.probe_now(session, delivery))
        elif action == "retry_all":
            count = again.retry_failed(
                session, delivery.site.id, delivery.channel, delivery.recipient
            )
        else:
            count = int(again.retry(session, delivery))
    tasks.ring()
    flash(_told(action, count))
    return redirect(url_for(".show_delivery", public_id=public_id), 303)


def _told(action: str, count: int) -> str:
    if not count:
        return gettext("Nothing was changed: the message is not what it was any more.")
    if action == "probe":
        return gettext("The recipient is tried now.")
    if count == 1:
        return gettext("Queued again.")
    return ngettext("%(num)s message is queued again.", "%(num)s messages are queued again.", count)


def _delivery(public_id: uuid.UUID) -> Delivery:
    return log.delivery_of(db.session(), signed_in(), public_id) or abort(404)
