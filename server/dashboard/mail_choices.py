"""What members choose about their mail beside its rhythm: muted pages."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server.dashboard.blueprint import blueprint, signed_in
from server.database import write_transaction
from server.language import gettext
from server.models import User
from server.notify import mutes
from server.reports.membership import sites_of


@blueprint.get("/mail/unmute")
@auth_required("session")
def show_mail_choices_instead() -> Response:
    """Who logs in after a form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_notifications"), 303)


@blueprint.post("/mail/unmute")
@auth_required("session")
def unmute_page() -> Response:
    """Send mail about a page again."""
    page_id, user_id = request.form.get("page", type=int), signed_in().id
    if page_id is not None and 0 < page_id < 2**31:
        with write_transaction() as session:
            user = session.get_one(User, user_id)
            mutes.unmute(session, page_id, user.email, actor=user)
        flash(gettext("You will hear of the page again."))
    return redirect(url_for(".show_notifications", _anchor="muted"), 303)


def mail_choices(session: Session, user: User) -> dict[str, Any]:
    """What the page shows of them."""
    site_ids = [site.id for site in sites_of(session, user)]
    return {"muted_pages": mutes.muted_pages(session, site_ids, user.email)}
