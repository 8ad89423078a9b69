"""What the rows of a list of reports show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.clock import now
from server.dashboard.blueprint import signed_in
from server.extensions import db
from server.models import Report
from server.reports import history, membership
from server.reports.notes import counts_of_notes
from server.reports.withholding import spam_reasons_by_report


def rows(reports: Sequence[Report]) -> dict[str, Any]:
    """For ``report_row.html``, of which each shows one of these reports."""
    session, user = db.session(), signed_in()
    return {
        "reports": reports,
        "sites": membership.sites_of(session, user),
        "comments": history.comments_by_report(session, reports),
        "spam_reasons": spam_reasons_by_report(session, reports),
        "notes": counts_of_notes(session, reports),
        "acting": membership.sites_to_act_on(session, user),
        # What comes later was not seen.
        "seen": now().isoformat(),
    }
