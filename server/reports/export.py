"""All that a site's readers reported, for its owner to take along.

Not in it: hashes of readers and addresses that they left to be thanked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from server.extensions import db
from server.models import Report, Submission

BATCH = 200
REPORT_COLUMNS = (
    "id",
    "status",
    "page",
    "title",
    "language",
    "author",
    "section",
    "before",
    "exact",
    "after",
    "suggestion",
    "correction",
    "readers",
    "score",
    "first_submitted_at",
    "last_submitted_at",
    "resolved_at",
)
SUBMISSION_COLUMNS = (
    "id",
    "report",
    "received_at",
    "page",
    "title",
    "language",
    "before",
    "exact",
    "after",
    "suggestion",
    "comment",
    "position",
    "text_length",
    "widget",
    "spam",
    "spam_reasons",
)

Row = dict[str, Any]


def reports_with_submissions(app: Flask, site_id: int) -> Iterator[tuple[Row, list[Row]]]:
    """Every report of a site with its submissions, the oldest first, whatever context asks. Reads
    in batches, each in a transaction of its own: nobody waits for who reads slowly."""
    last = 0
    while True:
        with app.app_context():
            found = _reports(site_id, last)
            rows = [
                (_report(report), [_submission(report, each) for each in report.submissions])
                for report in found
            ]
        yield from rows
        if len(found) < BATCH:
            return
        last = found[-1].id


def _reports(site_id: int, last: int) -> Sequence[Report]:
    return db.session.scalars(
        select(Report)
        .where(Report.site_id == site_id, Report.id > last)
        .options(joinedload(Report.page), selectinload(Report.submissions))
        .order_by(Report.id)
        .limit(BATCH)
    ).all()


def as_json(app: Flask, site: Row, site_id: int) -> Iterator[str]:
    """One JSON document: ``{"site": …, "reports": [{…, "submissions": […]}]}``, in pieces."""
    yield f'{{"site": {json.dumps(site, ensure_ascii=False)}, "reports": ['
    separator = "\n"
    for report, submissions in reports_with_submissions(app, site_id):
        document = {**report, "submissions": submissions}
        yield separator + json.dumps(document, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _report(report: Report) -> Row:
    page = report.page
    return {
        "id": str(report.public_id),
        "status": report.status,
        "page": page.url,
        "title": page.title,
        "language": page.language,
        "author": page.author,
        "section": page.section,
        **{name: getattr(report, name) for name in ("before", "exact", "after")},
        "suggestion": report.suggestion,
        "correction": report.correction,
        "readers": report.readers,
        "score": report.score,
        "first_submitted_at": report.first_submitted_at.isoformat(),
        "last_submitted_at": report.last_submitted_at.isoformat(),
        "resolved_at": report.resolved_at.isoformat() if report.resolved_at else None,
    }


def _submission(report: Report, submission: Submission) -> Row:
    return {
        "id": str(submission.public_id),
        "report": str(report.public_id),
        "received_at": submission.received_at.isoformat(),
        "page": submission.page_url,
        "title": submission.page_title,
        "language": submission.language,
        **{name: getattr(submission, name) for name in ("before", "exact", "after")},
        "suggestion": submission.suggestion,
        "comment": submission.comment,
        "position": submission.position,
        "text_length": submission.text_length,
        "widget": submission.widget,
        "spam": submission.spam,
        "spam_reasons": submission.spam_reasons,
    }
