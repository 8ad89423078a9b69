"""What the OpenAPI document says of the editors' API, beside what its schemas say."""

from __future__ import annotations

from typing import Any

from flask_smorest import Api

from server.api.schema import (
    MAX_LIMIT,
    FigureSchema,
    ReportSchema,
    ReportsSchema,
    ResolutionSchema,
    StaleSchema,
)
from server.intake.body import MAX_BYTES
from server.intake.schema import ProblemSchema
from server.models.report import STATUSES
from server.statistics.figures import FIGURES
from server.text.zone import MAX_LENGTH

_RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
_CHALLENGE = {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}}
_COMMON = {
    401: "No token, or one that is unknown, revoked, expired or of an account that left the site.",
    403: "The token lacks the scope, or its account's role does.",
    429: "Too many requests from this network.",
    503: "The database does not answer just now.",
}
_BODY = {
    400: "The body is not usable JSON: broken, not UTF-8, nested too deep, a key twice.",
    413: f"The body has more than {MAX_BYTES} bytes.",
    415: "The body is not JSON in UTF-8, uncompressed.",
}
# Days from which others can be counted.
_DAY = {
    "type": "string",
    "format": "date",
    "pattern": "^(19[7-9][0-9]|[2-8][0-9]{3})-[0-9]{2}-[0-9]{2}$",
}
_INVALID = {422: "A field has a wrong type or value; `errors` names each."}
_UNKNOWN = {404: "The token's site has no such report."}


def describe_tokens(api: Api) -> None:
    """How requests say who they are."""
    api.spec.components.security_scheme(
        "token", {"type": "http", "scheme": "bearer", "description": "of the account page"}
    )


def _operation(
    scope: str, meaning: str, schema: Any, problems: dict[int, str], **more: Any
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {"description": meaning, "content": {"application/json": {"schema": schema}}}
    }
    for status, words in sorted({**_COMMON, **problems}.items()):
        body = StaleSchema if status == 409 else ProblemSchema
        responses[str(status)] = {
            "description": words,
            "content": {"application/problem+json": {"schema": body}},
            **({"headers": _RETRY_AFTER} if status in (429, 503) else {}),
            **({"headers": _CHALLENGE} if status == 401 else {}),
        }
    return {
        "security": [{"token": []}],
        "description": f"The token needs the scope `{scope}`.",
        "responses": responses,
        **more,
    }


def _query(name: str, meaning: str, **schema: Any) -> dict[str, Any]:
    return {"in": "query", "name": name, "description": meaning, "schema": schema}


LIST = _operation(
    "reports:read",
    "A page of reports.",
    ReportsSchema,
    _INVALID,
    parameters=[
        _query("status", "Which reports.", type="string", enum=[*STATUSES, "all"], default="open"),
        _query("after", "`next` of the page before.", type="string", maxLength=100),
        _query(
            "limit", "How many at most.", type="integer", minimum=1, maximum=MAX_LIMIT, default=50
        ),
    ],
)
GET = _operation("reports:read", "The report.", ReportSchema, _UNKNOWN)
RESOLVE = _operation(
    "reports:resolve",
    "The report as it is now.",
    ReportSchema,
    {
        **_UNKNOWN,
        **_BODY,
        **_INVALID,
        409: "Somebody else changed it first, or it is in that state already; `report` is as it is "
        "now.",
    },
    requestBody={
        "required": True,
        "description": "Unknown fields are ignored.",
        "content": {
            "application/json": {"schema": ResolutionSchema},
            "text/plain": {"schema": {"type": "string"}},
        },
    },
)
FIGURE = _operation(
    "statistics:read",
    "The table.",
    FigureSchema,
    {404: "There is no such figure.", **_INVALID},
    parameters=[
        {
            "in": "path",
            "name": "name",
            "required": True,
            "description": "Which table.",
            "schema": {"type": "string", "enum": list(FIGURES)},
        },
        _query("from", "First day; 30 days before `to` if absent.", **_DAY),
        _query("to", "Last day, not before `from`; today if absent.", **_DAY),
        _query(
            "zone",
            "In which the days are, an IANA name such as `Europe/Berlin`; the site's if absent.",
            type="string",
            minLength=1,
            maxLength=MAX_LENGTH,
        ),
    ],
)
