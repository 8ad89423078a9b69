"""The page of one report: everything that is known of it, and what can be done with it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, render_template

from server.dashboard.blueprint import signed_in
from server.extensions import db
from server.models import Event, Note, Report
from server.reports import history, membership, notes, queue
from server.reports.assignment import who_can_take
from server.reports.correction import MAX_CORRECTION
from server.reports.on_page import count_open_on_page, other_open_on_page
from server.text.context import around


@dataclass(frozen=True)
class Draft:
    """What an editor typed and could not be stored: it is shown again, with what is wrong."""

    note: str = ""
    correction: str | None = None
    error: str = ""


def asked_for(public_id: uuid.UUID) -> Report:
    """The report of an address. Answers 404 where it belongs to none of the account's sites."""
    return queue.report_of(db.session(), signed_in(), public_id) or abort(404)


def report_page(report: Report, draft: Draft | None = None) -> str:
    session, user = db.session(), signed_in()
    newer, older = queue.neighbours_of(session, user, report)
    events = history.latest_events(session, report)
    written = notes.notes_of(session, report)
    leading, trailing = around(report.prefix, report.before, report.after, report.suffix)
    return render_template(
        "dashboard/report.html",
        report=report,
        draft=draft or Draft(),
        leading=leading,
        trailing=trailing,
        submissions=history.latest_submissions(session, report),
        events_and_notes=_in_order(events, written),
        members=who_can_take(session, report.site_id),
        others=other_open_on_page(session, report),
        open_on_page=count_open_on_page(session, report.page_id),
        max_note=notes.MAX_NOTE,
        max_correction=MAX_CORRECTION,
        newer=newer,
        older=older,
        several_sites=len(membership.sites_of(session, user)) > 1,
        acting=membership.sites_to_act_on(session, user),
    )


def _in_order(events: Sequence[Event], notes: Sequence[Note]) -> list[Event | Note]:
    together: list[Event | Note] = [*events, *notes]
    return sorted(together, key=lambda each: (each.created_at, each.id), reverse=True)
