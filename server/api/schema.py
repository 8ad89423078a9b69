"""What the editors' API takes and gives."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from server.intake.fields import Whole
from server.intake.schema import ProblemSchema
from server.models import Report
from server.models.report import STATUSES
from server.reports.resolution import RESOLUTIONS

MAX_LIMIT = 100
RESOLVING = (*RESOLUTIONS, "reopen")


class ReportPageSchema(Schema):
    """The article that a report is about."""

    url = fields.String(required=True)
    title = fields.String(required=True)
    language = fields.String(required=True)
    author = fields.String(required=True)
    section = fields.String(required=True)


class ReportSchema(Schema):
    """One mistake at one place; the sentence is `before + exact + after`."""

    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    version = fields.Integer(
        required=True, metadata={"description": "counts changes; send it back to resolve"}
    )
    page = fields.Nested(ReportPageSchema, required=True)
    before = fields.String(required=True)
    exact = fields.String(required=True)
    after = fields.String(required=True)
    suggestion = fields.String(required=True, metadata={"description": "empty: none"})
    readers = fields.Integer(required=True)
    score = fields.Integer(required=True, metadata={"description": "evidence, 0 to 100"})
    first_submitted_at = fields.AwareDateTime(required=True)
    last_submitted_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)


class ReportsSchema(Schema):
    """A page of reports, latest first."""

    reports = fields.List(fields.Nested(ReportSchema), required=True)
    next = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "send it as `after` for the next page; null: there is none"},
    )


class WantedSchema(Schema):
    """Which reports."""

    class Meta:
        unknown = EXCLUDE

    status = fields.String(load_default="open", validate=validate.OneOf((*STATUSES, "all")))
    after = fields.String(
        load_default="", validate=validate.Length(max=100), metadata={"description": "a cursor"}
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=MAX_LIMIT))


class ResolutionSchema(Schema):
    """What becomes of a report."""

    class Meta:
        unknown = EXCLUDE

    resolution = fields.String(required=True, validate=validate.OneOf(RESOLVING))
    version = Whole(
        required=True,
        validate=validate.Range(min=1, max=2**31 - 1),
        metadata={"description": "that of the report as it was read"},
    )


class FigureSchema(Schema):
    """A table of figures."""

    name = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    zone = fields.String(
        required=True, metadata={"description": "in which the days are, an IANA name"}
    )
    columns = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.Raw(allow_none=True)), required=True)


class StaleSchema(ProblemSchema):
    """Somebody else acted first."""

    report = fields.Nested(ReportSchema)


_report = ReportSchema()


def shown(report: Report) -> dict[str, Any]:
    """A report as JSON."""
    values = {name: getattr(report, name) for name in ReportSchema().fields if name != "id"}
    dumped: dict[str, Any] = _report.dump({**values, "id": report.public_id})
    return dumped
