"""One report, and how it is closed."""

from __future__ import annotations

import uuid
from typing import TypedDict

from flask import redirect, url_for
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server.dashboard.blueprint import blueprint, require_acting
from server.dashboard.changing import make_change
from server.dashboard.report_page import asked_for, report_page
from server.models import Event, User
from server.notify.reopening import reopen_and_tell
from server.reports.assignment import assign
from server.reports.resolution import RESOLUTIONS, resolve
from server.reports.undo import undo

ACTION = "<any(fixed, rejected, spam, reopen, take, release, undo):action>"
BECOMES = {**dict(zip(RESOLUTIONS, RESOLUTIONS, strict=True)), "reopen": "open"}


@blueprint.get("/reports/<uuid:public_id>")
@auth_required("session")
def show_report(public_id: uuid.UUID) -> str:
    """One report with everything that is known of it."""
    return report_page(asked_for(public_id))


@blueprint.get(f"/reports/<uuid:public_id>/{ACTION}")
@auth_required("session")
def show_report_instead(public_id: uuid.UUID, action: str) -> Response:
    """Who logs in after an action was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_report", public_id=public_id), 303)


@blueprint.post(f"/reports/<uuid:public_id>/{ACTION}")
@auth_required("session")
def act(public_id: uuid.UUID, action: str) -> Response | str:
    """Close or reopen a report, take it or put it back, or undo the account's last change of it;
    ``version`` is the one that the editor saw."""
    report = asked_for(public_id)
    require_acting(report.site_id)

    def change(session: Session, actor: User, version: int) -> Event:
        seen: Seen = {"version": version, "actor": actor, "source": "dashboard"}
        if action == "reopen":
            return reopen_and_tell(session, report, **seen)
        if action == "undo":
            return undo(session, report, version=version, actor=actor, source="dashboard")
        if action in RESOLUTIONS:
            return resolve(session, report, action, **seen)
        return assign(session, report, actor if action == "take" else None, **seen)

    return make_change(report, action, change, BECOMES.get(action, ""))


class Seen(TypedDict):
    """Who acts, and on which version."""

    version: int
    actor: User
    source: str
