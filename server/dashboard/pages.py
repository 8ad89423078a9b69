"""All reports of one page, to correct an article in one go."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_security.decorators import auth_required

from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.queue_address import QueueAddress
from server.dashboard.rows import rows
from server.extensions import db
from server.reports import on_page


@blueprint.get("/pages/<int(max=2147483647):page_id>")
@auth_required("session")
def show_page(page_id: int) -> str:
    """The open reports of a page in the order of its text; with ``?view=all`` the closed too."""
    session, user = db.session(), signed_in()
    page = on_page.page_of(session, user, page_id) or abort(404)
    closed = request.args.get("view") == "all"
    found = on_page.reports_of_page(session, page, closed=closed)
    return render_template(
        "dashboard/page.html",
        page=page,
        found=found,
        closed=closed,
        full=len(found.all) >= on_page.MAX_REPORTS,
        max_reports=on_page.MAX_REPORTS,
        address=QueueAddress(view="all" if closed else "open"),
        **rows(found.all),
    )
