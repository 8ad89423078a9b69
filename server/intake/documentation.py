"""What the OpenAPI document says of the intake, beside what its schemas say."""

from __future__ import annotations

from typing import Any

from server.intake.body import MAX_BYTES
from server.intake.schema import AnswerSchema, ProblemSchema, SubmissionSchema

_PROBLEMS = {
    400: "The body is not usable JSON: broken, not UTF-8, nested too deep, a key twice.",
    403: "The request's origin or the page is not one of the site's.",
    404: "No site has this key.",
    413: f"The body has more than {MAX_BYTES} bytes.",
    415: "The body is not JSON in UTF-8, sent as text/plain or application/json, uncompressed.",
    422: "A field is missing, has a wrong type or form, or is too long; `errors` names each.",
    429: "Too many reports from this network or for this site.",
    503: "The report could not be stored just now; nothing was stored.",
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}


def _answer(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/json": {"schema": AnswerSchema}}}


def _problem(status: int, meaning: str) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": meaning,
        "content": {"application/problem+json": {"schema": ProblemSchema}},
    }
    return response | ({"headers": _RETRY_AFTER} if status in (429, 503) else {})


SUBMIT: dict[str, Any] = {
    "parameters": [
        {
            "in": "query",
            "name": "site",
            "required": False,
            "description": "The site's public key, as in the body: with it a flood is refused "
            "unread. Where it is given the body must name the same site.",
            "schema": {"type": "string", "maxLength": 64},
        }
    ],
    "requestBody": {
        "required": True,
        "description": f"At most {MAX_BYTES} bytes. text/plain holds the same JSON and spares the "
        "browser a preflight. Unknown fields are ignored.",
        "content": {
            "application/json": {"schema": SubmissionSchema},
            "text/plain": {"schema": {"type": "string"}},
        },
    },
    "responses": {
        "201": _answer("A new report."),
        "200": _answer(
            "It joined a known report. A repeated key gets its first answer again, 200 or 201."
        ),
        **{str(status): _problem(status, meaning) for status, meaning in _PROBLEMS.items()},
    },
}
