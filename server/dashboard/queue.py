"""The queue."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request
from flask_security.decorators import auth_required
from werkzeug.wrappers import Response

from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.queue_address import QueueAddress
from server.dashboard.rows import rows
from server.extensions import db
from server.reports import membership, queue
from server.reports.views import VIEWS
from server.sites import script_tag


@blueprint.get("/")
@auth_required("session")
def show_queue() -> Response | str:
    """One view of the queue; see :class:`QueueAddress`."""
    session, user = db.session(), signed_in()
    sites = membership.sites_of(session, user)
    address = QueueAddress.read(request.args, sites)
    listing = queue.reports_in_view(
        session,
        user,
        address.view,
        filter=address.filter,
        order=address.order,
        after=address.after,
    )
    reports = listing.reports
    if address.after and not reports and not listing.following:
        # The last reports of the last page were closed.
        return redirect(address.url(after=None))
    settings = current_app.extensions["copydesk_settings"]
    return render_template(
        "dashboard/queue.html",
        address=address,
        views=VIEWS,
        following=listing.following,
        counts=queue.counts_by_view(session, user, address.filter.site_id),
        count_limit=queue.COUNT_LIMIT,
        tags=[
            (each.name, script_tag(each, settings.public_url))
            for each in sites
            if address.site in (None, each)
        ],
        **rows(reports),
    )
