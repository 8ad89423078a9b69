"""The queue."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import abort, redirect, render_template, request
from flask_security.decorators import auth_required
from werkzeug.wrappers import Response

from server.clock import now
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.queue_address import QueueAddress, zone_of
from server.dashboard.rows import rows
from server.dashboard.saved_views import address_of
from server.extensions import db, settings_of
from server.models import Page, Report
from server.reports import membership, narrowing, queue
from server.reports.counting import Count, counts_of_views
from server.reports.saved_views import saved_views
from server.reports.views import VIEWS, moment_of
from server.sites import may_add_sites, script_tag

# A report bears the time at which its transaction began: those that were under way when a page was
# made are news to it.
UNDER_WAY = timedelta(seconds=5)
# What a field of the filter offers.
MAX_OFFERED = 200
OFFERED = {"authors": Page.author, "sections": Page.section}


@blueprint.get("/")
@auth_required("session")
def show_queue() -> Response | str:
    """One view of the queue; see :class:`QueueAddress`."""
    session, user = db.session(), signed_in()
    sites = membership.sites_of(session, user)
    address = QueueAddress.read(request.args, sites)
    if not all(request.args.values()):
        # A form names its empty fields too: the address that is kept and passed on does not.
        return redirect(address.url())
    listing = queue.reports_in_view(
        session,
        user,
        address.view,
        filter=address.filter,
        order=address.order,
        after=address.after,
    )
    if address.after and not listing.reports and not listing.following:
        # The last reports of the last page were closed.
        return redirect(address.url(after=None))
    settings = settings_of()
    site_ids = [each.id for each in sites if address.site in (None, each)]
    return render_template(
        "dashboard/queue.html",
        address=address,
        views=VIEWS,
        saved=[(each, address_of(each)) for each in saved_views(session, user)],
        listing=listing,
        counts=_counts(address),
        languages=narrowing.known_names(session, Page.language, site_ids)[:MAX_OFFERED],
        zone=address.filter.zone or zone_of([address.site] if address.site else sites),
        news=_news_address(address),
        tags=[
            (each.name, script_tag(each, settings.public_url))
            for each in sites
            if address.site in (None, each)
        ],
        may_add=not sites and may_add_sites(session, user),
        **rows(listing.reports),
    )


@blueprint.get("/news")
@auth_required("session")
def show_news() -> Response | str | tuple[str, int]:
    """How many reports came to a view since ``seen``; 204 where none did."""
    address, found = _news()
    if not found:
        return "", 204
    return render_template(
        "dashboard/queue_news.html",
        count=len(found),
        most=queue.MAX_NEWS,
        rows=address.url(endpoint="dashboard.show_new_rows", **_state()),
        reload=address.url(after=None),
    )


@blueprint.get("/news/rows")
@auth_required("session")
def show_new_rows() -> str:
    """The rows of these reports, and where to ask for what comes after them."""
    address, found = _news()
    return render_template(
        "dashboard/queue_new_rows.html",
        address=address,
        **views_in_place(address),
        news=_news_address(address),
        **rows(found),
    )


@blueprint.get("/names/<any(authors, sections):names>")
@auth_required("session")
def show_names(names: str) -> str:
    """What the field of a filter offers: the authors or sections that pages declare."""
    session, user = db.session(), signed_in()
    sites = membership.sites_of(session, user)
    address = QueueAddress.read(request.args, sites)
    site_ids = [each.id for each in sites if address.site in (None, each)]
    found = narrowing.known_names(session, OFFERED[names], site_ids)
    return render_template("dashboard/queue_names.html", names=found[:MAX_OFFERED])


@blueprint.get("/counts")
@auth_required("session")
def show_counts() -> str:
    """The views with how many reports each holds, for scripts: within a filter that takes longer
    than the page."""
    session, user = db.session(), signed_in()
    address = QueueAddress.read(request.args, membership.sites_of(session, user))
    return render_template(
        "dashboard/queue_views.html",
        address=address,
        views=VIEWS,
        counts=counts_of_views(session, user, address.filter),
    )


def views_in_place(address: QueueAddress) -> dict[str, Any]:
    """For ``queue_views.html``, beside a change of the list."""
    return {"in_place": True, "views": VIEWS, "counts": _counts(address)}


def _counts(address: QueueAddress) -> dict[str, Count]:
    """Empty within a filter: :func:`show_counts` is asked for them."""
    if address.filter.narrows:
        return {}
    return counts_of_views(db.session(), signed_in(), address.filter)


def _news_address(address: QueueAddress) -> str:
    """Where to ask what came to a view after now; empty where readers send nothing to it, and on
    later pages."""
    view = VIEWS[address.view]
    if address.after or view.whose == "me" or not {"open", "spam"} & set(view.statuses):
        return ""
    seen = now()
    known = queue.news_in_view(
        db.session(), signed_in(), address.view, address.filter, seen - UNDER_WAY
    )
    return address.url(
        endpoint="dashboard.show_news",
        seen=(seen - UNDER_WAY).isoformat(),
        known=",".join(str(each.public_id) for each in known),
    )


def _news() -> tuple[QueueAddress, Sequence[Report]]:
    session, user = db.session(), signed_in()
    address = QueueAddress.read(request.args, membership.sites_of(session, user))
    try:
        seen: datetime = moment_of(request.args.get("seen", ""))
        named = request.args.get("known", "").split(",")[: queue.MAX_NEWS]
        known = [uuid.UUID(each) for each in named if each]
    except (ValueError, OverflowError):
        abort(400, "seen, known: are no moment and no ids of reports.")
    found = queue.news_in_view(session, user, address.view, address.filter, seen, known)
    return address, found


def _state() -> dict[str, str]:
    return {name: request.args[name] for name in ("seen", "known") if name in request.args}
