"""``/api/v1``: reports and figures for programs that show a token."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from server import tasks
from server.api import documentation
from server.api.schema import ResolutionSchema, WantedSchema, shown
from server.api_tokens import Caller, caller_of, needs_noting, note_use
from server.clock import today_in
from server.database import write_transaction
from server.extensions import db, limiter
from server.intake.body import json_object, read_body
from server.models import Report, User
from server.notify.reopening import reopen_and_tell
from server.problems import Problem
from server.reports.filters import Filter
from server.reports.queue import report_of, reports_in_view
from server.reports.resolution import IllegalChange, StaleReport, resolve
from server.reports.views import NEWEST
from server.statistics.figure import Period
from server.statistics.figures import FIGURES
from server.text.zone import is_zone

LIMIT = "600/minute"

blueprint = Blueprint("programs", __name__, url_prefix="/api/v1")


def needs(scope: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Only for who shows a token with this scope; the view gets the Caller first."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def asked(**values: Any) -> Response:
            caller = _caller()
            if scope not in caller.scopes:
                raise Problem(
                    403, "scope-missing", "The token does not allow this.", f"It lacks {scope}."
                )
            return view(caller, **values)

        limited: Callable[..., Response] = limiter.limit(LIMIT)(asked)
        return limited

    return decorate


@blueprint.get("/reports")
@blueprint.doc(**documentation.LIST)
@needs("reports:read")
def list_reports(caller: Caller) -> Response:
    """The site's reports, latest first."""
    wanted = _load(WantedSchema(), request.args.to_dict())
    after = NEWEST.cursor(wanted["after"]) if wanted["after"] else None
    if wanted["after"] and after is None:
        raise Problem.of_field("after", "is no cursor of ours.")
    listing = reports_in_view(
        db.session(),
        caller.user,
        wanted["status"],
        filter=Filter(site_id=caller.site.id),
        after=after,
        limit=wanted["limit"],
    )
    following = str(listing.following) if listing.following else None
    return jsonify(reports=[shown(each) for each in listing.reports], next=following)


@blueprint.get("/reports/<uuid:report_id>")
@blueprint.doc(**documentation.GET)
@needs("reports:read")
def get_report(caller: Caller, report_id: uuid.UUID) -> Response:
    """One report."""
    return jsonify(shown(_report(db.session(), caller, report_id)))


@blueprint.post("/reports/<uuid:report_id>/resolution")
@blueprint.doc(**documentation.RESOLVE)
@needs("reports:resolve")
def resolve_report(caller: Caller, report_id: uuid.UUID) -> Response:
    """Close a report, or open it again."""
    wanted = _load(ResolutionSchema(), json_object(read_body(request)))
    try:
        with write_transaction() as session:
            report = _report(session, caller, report_id)
            actor = session.get_one(User, caller.user.id)
            how: dict[str, Any] = {"version": wanted["version"], "actor": actor, "source": "api"}
            if wanted["resolution"] == "reopen":
                reopen_and_tell(session, report, **how)
            else:
                resolve(session, report, wanted["resolution"], **how)
            answer = shown(report)
    except StaleReport as error:
        raise _conflict("stale-report", "Somebody else changed it first.", error.report) from None
    except IllegalChange as error:
        report = _report(db.session(), caller, report_id)
        raise _conflict("illegal-change", str(error), report) from None
    tasks.ring()
    return jsonify(answer)


@blueprint.get("/statistics/<name>")
@blueprint.doc(**documentation.FIGURE)
@needs("statistics:read")
def get_figure(caller: Caller, name: str) -> Response:
    """One table of figures about the site."""
    if name not in FIGURES:
        raise Problem(404, "unknown-figure", "There is no such figure.")
    for field in ("from", "to"):
        if request.args.get(field) == "":
            raise Problem.of_field(field, "must be a date, as 2026-11-25, or absent.")
    zone = request.args.get("zone", caller.site.zone)
    if not is_zone(zone):
        raise Problem.of_field("zone", "must be a time zone, as Europe/Berlin, or absent.")
    first, last = request.args.get("from", ""), request.args.get("to", "")
    try:
        period = Period.read(first, last, today_in(zone), zone)
    except ValueError as error:
        field, _, words = str(error).partition(": ")
        raise Problem.of_field(field, words) from None
    figure = FIGURES[name](db.session(), [caller.site.id], period)
    return jsonify(
        {
            "name": name,
            "from": str(period.first),
            "to": str(period.last),
            "zone": period.zone,
            "columns": list(figure.columns),
            "rows": [list(row) for row in figure.rows],
        }
    )


@blueprint.after_request
def _ask_for_a_token(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _caller() -> Caller:
    """Cookies count for nothing here, so no page can borrow a session. Raises Problem 401."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    caller = caller_of(db.session(), text.strip()) if scheme.lower() == "bearer" else None
    if caller is None:
        raise Problem(
            401,
            "token-required",
            "A valid token is needed.",
            "Send Authorization: Bearer and a token of your account page.",
        )
    if needs_noting(caller):
        with write_transaction() as session:
            note_use(session, caller)
    return caller


def _report(session: Session, caller: Caller, report_id: uuid.UUID) -> Report:
    report = report_of(session, caller.user, report_id)
    if report is None or report.site_id != caller.site.id:
        raise Problem(404, "unknown-report", "The site has no such report.")
    return report


def _load(schema: Schema, values: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        messages: Any = error.messages
        raise Problem(
            422,
            "invalid-field",
            "The request was not accepted.",
            errors=[
                {"field": name, "message": " ".join(map(str, texts))}
                for name, texts in messages.items()
            ],
        ) from None
    return loaded


def _conflict(kind: str, title: str, report: Report) -> Problem:
    return Problem(409, kind, title, "Read it again.", also={"report": shown(report)})
