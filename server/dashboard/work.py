"""What editors do with a report until it is closed: give it, correct it, write notes."""

from __future__ import annotations

import uuid

from flask import abort, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server.dashboard import notices
from server.dashboard.blueprint import blueprint, require_acting, signed_in
from server.dashboard.changing import (
    asked_version,
    changed_row,
    is_in_place,
    list_of_row,
    make_change,
)
from server.dashboard.report_page import Draft, address_of_report, asked_for, report_page
from server.database import write_transaction
from server.extensions import db
from server.language import gettext
from server.models import Event, Report, User
from server.reports import history
from server.reports.assignment import assign, who_can_take
from server.reports.change import IllegalChange, StaleReport
from server.reports.correction import InvalidCorrection, checked_correction, correct
from server.reports.notes import InvalidNote, add_note

WORK = "<any(assign, correct, note):action>"


@blueprint.get(f"/reports/<uuid:public_id>/{WORK}")
@auth_required("session")
def show_worked_report_instead(public_id: uuid.UUID, action: str) -> Response:
    """Who logs in after an action was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_report", public_id=public_id), 303)


@blueprint.post("/reports/<uuid:public_id>/assign")
@auth_required("session")
def assign_report(public_id: uuid.UUID) -> Response | str:
    """``assignee``: the address of a member who may act, or empty for nobody."""
    report = _to_act_on(public_id)
    address = request.form.get("assignee", "")
    takers = who_can_take(db.session(), report.site_id)
    taker = next((each for each in takers if each.email == address), None)
    if address and taker is None:
        abort(400, gettext("assignee: %(address)s may not act on this site.", address=address))
    taker_id = taker.id if taker else None

    def change(session: Session, actor: User, version: int) -> Event:
        holder = session.get_one(User, taker_id) if taker_id else None
        return assign(session, report, holder, version=version, actor=actor, source="dashboard")

    return make_change(report, "assign", change)


@blueprint.post("/reports/<uuid:public_id>/correct")
@auth_required("session")
def correct_report(public_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """``correction``: what the text should read; empty for what readers suggest. Where somebody was
    faster, or it cannot be stored, the page, or the row of a list, keeps what was typed."""
    report = _to_act_on(public_id)
    version, actor_id = asked_version(), signed_in().id
    typed = request.form.get("correction", "")
    try:
        correction = checked_correction(typed)
        with write_transaction() as session:
            actor = session.get_one(User, actor_id)
            event = correct(
                session, report, correction, version=version, actor=actor, source="dashboard"
            )
    except InvalidCorrection as error:
        return _kept(report, Draft(correction=typed, error=_words(error))), 422
    except StaleReport:
        meanwhile = history.since_version(db.session(), report, version)
        if is_in_place():
            draft = Draft(correction=typed, error=notices.first_come(report, meanwhile))
            return changed_row(report, draft), 409
        notices.tell_stale(report, meanwhile)
        return report_page(report, Draft(correction=typed)), 409
    except IllegalChange:
        pass
    else:
        notices.tell_done(report, event)
    return changed_row(report) if is_in_place() else redirect(address_of_report(report), 303)


@blueprint.post("/reports/<uuid:public_id>/note")
@auth_required("session")
def add_note_to_report(public_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """``note``: for the site's members. It is stored whatever happened meanwhile, and who wrote it
    is told that."""
    report = _to_act_on(public_id)
    version, author_id = asked_version(), signed_in().id
    text = request.form.get("note", "")
    try:
        with write_transaction() as session:
            add_note(session, report, session.get_one(User, author_id), text)
    except InvalidNote as error:
        return _kept(report, Draft(note=text, error=_words(error))), 422
    meanwhile = history.since_version(db.session(), report, version)
    if meanwhile:
        notices.tell_meanwhile(report, meanwhile)
    if not is_in_place():
        return redirect(address_of_report(report, "notes"), 303)
    if not meanwhile:
        # On the report's page it stands there to be seen.
        notices.tell_noted(report)
    return changed_row(report)


@blueprint.get("/reports/<uuid:public_id>/<any(correct, note):action>/form")
@auth_required("session")
def show_writing_form(public_id: uuid.UUID, action: str) -> Response | str:
    """The form of a correction or a note within a row, for scripts; without them the report's page
    has it. ``from`` and what else names the list: as in the forms of its rows."""
    report = _to_act_on(public_id)
    corrects = action == "correct"
    if not is_in_place():
        return redirect(address_of_report(report, "correction-text" if corrects else "note"), 303)
    text = report.shown_correction or report.exact
    return render_template(
        "dashboard/row_form.html",
        report=report,
        draft=Draft(correction=text) if corrects else Draft(),
        **list_of_row(),
    )


def _words(error: Exception) -> str:
    """What is wrong, to stand beside the field that it names."""
    return str(error).partition(": ")[2]


def _kept(report: Report, draft: Draft) -> str:
    return changed_row(report, draft) if is_in_place() else report_page(report, draft)


def _to_act_on(public_id: uuid.UUID) -> Report:
    """Answers 404 for a report of another's site, and 403 where the account may only look."""
    report = asked_for(public_id)
    require_acting(report.site_id)
    return report
