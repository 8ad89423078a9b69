"""The page of one report: everything that is known of it, and what can be done with it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, url_for

from server.dashboard.blueprint import signed_in
from server.dashboard.lists import list_of_report, neighbours_in, place_in
from server.extensions import db
from server.models import Event, Note, Report
from server.reports import history, membership, notes, queue
from server.reports.assignment import who_can_take
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


def address_of_report(report: Report, anchor: str | None = None) -> str:
    """Where a form of the report's page leads back to."""
    values: dict[str, Any] = {**list_of_report(report).fields(), "public_id": report.public_id}
    return url_for("dashboard.show_report", _anchor=anchor, **values)


def report_page(report: Report, draft: Draft | None = None) -> str:
    session, user = db.session(), signed_in()
    address = list_of_report(report)
    above, below = neighbours_in(address, report)
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
        address=address,
        above=above,
        below=below,
        place=place_in(address, report, (above, below)),
        several_sites=len(membership.sites_of(session, user)) > 1,
        acting=membership.sites_to_act_on(session, user),
    )


def _in_order(events: Sequence[Event], notes: Sequence[Note]) -> list[Event | Note]:
    together: list[Event | Note] = [*events, *notes]
    return sorted(together, key=lambda each: (each.created_at, each.id), reverse=True)
