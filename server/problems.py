"""Every JSON error is a problem document (RFC 9457) that names the field."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, current_app, json, request
from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from server.clock import now
from server.extensions import db, limiter
from server.language import gettext, language_of_session, speaking

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5

log = logging.getLogger(__name__)


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem, not an error
    """A refusal with a reason. ``errors``: ``[{"field": "selector.exact", "message": "…"}]``;
    ``kind``: the last part of the problem's type address; ``retry_after``: seconds;
    ``also``: members of the document beyond those of the RFC."""

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str = "",
        *,
        errors: list[dict[str, str]] | None = None,
        retry_after: int | None = None,
        also: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.errors = errors or []
        self.retry_after = retry_after
        self.also = also or {}

    @classmethod
    def of_field(
        cls, field: str, message: str, *, status: int = 422, kind: str = "invalid-field"
    ) -> Problem:
        """The problem of one field."""
        return cls(
            status,
            kind,
            "The request was not accepted.",
            f"{field}: {message}",
            errors=[{"field": field, "message": message}],
        )

    def response(self) -> Response:
        document: dict[str, Any] = {
            "type": f"/problems/{self.kind}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = self.errors
        document |= self.also
        response = Response(json.dumps(document), self.status, content_type=MEDIA_TYPE)
        response.headers["Cache-Control"] = "no-store"
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


def show_pages_with(
    app: Flask, page: Callable[[HTTPException], str], trouble: Callable[[int], str]
) -> None:
    """How errors look outside of the JSON endpoints: ``page(error)`` gives HTML for what was asked
    wrongly, ``trouble(status)`` for what is our fault, without asking the database."""
    app.extensions["error_page"] = page
    app.extensions["trouble_page"] = trouble


def wants_problem() -> bool:
    """True for the JSON endpoints; pages answer errors with pages."""
    return request.path == "/api" or request.path.startswith("/api/")


def init_app(app: Flask) -> None:
    app.register_error_handler(Problem, Problem.response)
    app.register_error_handler(HTTPException, _http_error)
    for trouble in (DatabaseError, InterfaceError, PoolTimeout):
        app.register_error_handler(trouble, _storage_unavailable)
    app.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if not wants_problem():
        if isinstance(error, SecurityError):
            # A host that is not ours: no page of ours may build an address from it.
            return Response("This host name is not served here.", 400, content_type="text/plain")
        page = current_app.extensions["error_page"]
        response = Response(page(error), error.code) if error.code < 500 else _trouble(error.code)
    else:
        kind = error.name.lower().replace(" ", "-")
        response = Problem(error.code, kind, error.name, error.description or "").response()
    if error.code == 429:
        response.headers["Retry-After"] = str(_seconds_left())
    for name, value in error.get_headers():
        # 405 must keep Allow.
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _seconds_left() -> int:
    """Until the limit that this request met allows another one."""
    met = limiter.current_limit
    return max(1, int(met.reset_at - now().timestamp()) + 1) if met else 60


# Out of order: locked, read-only, full, gone, or no connection to it free. A DatabaseError of no
# closer kind is a damaged file; the others are mistakes of ours.
_OUT_OF_ORDER = (OperationalError, InternalError, InterfaceError, PoolTimeout)


def _storage_unavailable(error: Exception) -> Response:
    if not isinstance(error, _OUT_OF_ORDER) and type(error) is not DatabaseError:
        return _unexpected(error)
    db.session.rollback()
    # Without the statement: a reader's text is no matter for a log.
    log.error("storage unavailable: %s", getattr(error, "orig", None) or error)
    if not wants_problem():
        response = _trouble(503)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return Problem(
        503,
        "storage-unavailable",
        "The report could not be stored just now.",
        "Nothing was stored. Please send it again.",
        retry_after=RETRY_AFTER_SECONDS,
    ).response()


def _unexpected(error: Exception) -> Response:
    # Flask-Security asks beforehand that its rows be committed after its view: a half of them, too.
    db.session.rollback()
    log.exception("unexpected error", exc_info=error)
    if not wants_problem():
        return _trouble(500)
    return Problem(500, "internal-error", "Something went wrong on our side.").response()


def _trouble(status: int) -> Response:
    """A page in the session's language: whose account it is, only the database knows."""
    with speaking(language_of_session()):
        try:
            return Response(current_app.extensions["trouble_page"](status), status)
        except Exception:
            # What failed may be the pages themselves.
            log.exception("no page for an error")
            words = gettext("Something went wrong on our side.")
            return Response(words, status, content_type="text/plain; charset=utf-8")
