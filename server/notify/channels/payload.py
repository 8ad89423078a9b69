"""What a webhook is told, as docs/webhooks.md promises it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from server.models import Delivery, Report, Site
from server.text.address import with_fragment

# Of the form. A further field is no new version; one that is gone, or means something else, is.
VERSION = 1
TEST = "copydesk.test"


def payload(delivery: Delivery, public_url: str) -> dict[str, Any]:
    """``type``, ``timestamp`` (of the event) and ``data``; a test has a site and no report.

    Readers' texts are as they wrote them: untrusted, to be escaped by whoever shows them.
    """
    event, report = delivery.event, delivery.report
    data: dict[str, Any] = {"site": _site(delivery.site)}
    if report is not None and event is not None:
        data["report"] = _report(report, public_url)
        data["event"] = {"kind": event.kind, "source": event.source}
    return {
        "type": type_of(delivery),
        "version": VERSION,
        "timestamp": _moment(event.created_at if event else delivery.created_at),
        "data": data,
    }


def type_of(delivery: Delivery) -> str:
    return f"report.{delivery.event.kind}" if delivery.event else TEST


def _site(site: Site) -> dict[str, Any]:
    return {"key": site.key, "name": site.name, "language": site.language}


def _report(report: Report, public_url: str) -> dict[str, Any]:
    page = report.page
    return {
        "id": str(report.public_id),
        "status": report.status,
        "readers": report.readers,
        "before": report.before,
        "exact": report.exact,
        "after": report.after,
        "suggestion": report.suggestion,
        "page": {"url": page.url, "title": page.title, "language": page.language},
        "words_url": with_fragment(page.url, report.fragment),
        "report_url": f"{public_url}/reports/{report.public_id}",
        "first_submitted_at": _moment(report.first_submitted_at),
        "last_submitted_at": _moment(report.last_submitted_at),
        "resolved_at": _moment(report.resolved_at) if report.resolved_at else None,
    }


def _moment(value: datetime) -> str:
    """RFC 3339, in UTC."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
