"""``POST /api/v1/submissions``."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Request, Response, current_app, request
from flask_smorest import Blueprint

from server import tasks
from server.extensions import db, settings_of
from server.group_commit import GroupCommit
from server.intake import documentation
from server.intake.admission import Admission
from server.intake.challenges import challenge_named
from server.intake.judging import Judge
from server.intake.limits import Counters
from server.intake.origin import check_origin, page_identity, page_that_sends
from server.intake.schema import load, new_submission
from server.intake.site_cache import KnownSite
from server.network import Sender, sender_of
from server.problems import Problem
from server.reports.readers import DailyKeys
from server.reports.record import Recorded
from server.reports.submission import NewSubmission

blueprint = Blueprint("intake", __name__, url_prefix="/api/v1")

# How long a browser need not ask again whether a page may send; browsers cut it themselves.
PREFLIGHT_SECONDS = 86_400


@blueprint.post("/submissions")
@blueprint.doc(**documentation.SUBMIT)
def submit() -> Response:
    """Report a mistake."""
    # Each look through Flask's proxies costs as much as a comparison of texts.
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # werkzeug's own way
    parts = current_app.extensions
    # Reading the body ends when its sender likes: nobody waits for that. The first report of a day
    # makes its key, in a transaction of its own: who writes for others must not wait for another.
    sender = sender_of(asked)
    site, body = Admission(asked, sender, parts).admit()
    reader_hash = _reader_hash(parts["reader_keys"], site, sender)
    counters: Counters = parts["intake_counters"]
    judge = Judge(parts["copydesk_settings"], counters)
    prepare: Callable[[], NewSubmission]
    prepare = partial(_prepared, site, body, page_that_sends(asked.headers), reader_hash, judge)
    if site.challenge or counters.shared:
        # Another server is asked: whoever writes for others is not to wait for it.
        prepare = partial(_as_it_is, prepare())
    records: GroupCommit[NewSubmission, Recorded] = parts["records"]
    recorded = records.write(prepare)
    tasks.ring()
    return _answer(recorded)


def _reader_hash(keys: DailyKeys, site: KnownSite, sender: Sender) -> bytes:
    found = keys.reader_hash(site.id, sender.prefix)
    # What waits for its turn holds no connection and no old snapshot.
    if db.session.registry.has():
        db.session.rollback()
    return found


def _prepared(
    site: KnownSite,
    body: Callable[[], dict[str, Any]],
    page: str | None,
    reader_hash: bytes,
    judge: Judge,
) -> NewSubmission:
    """What is to be recorded of a request. Raises Problem with what is wrong with it."""
    data = load(body())
    check_origin(site, page, data["page"]["url"])
    _check_challenge(site, data)
    named = page_identity(site, data["page"]["url"], data["page"].get("canonical") or "")
    new = new_submission(data, site.id, named, reader_hash)
    new.spam_reasons = judge.reasons_for_spam(site, new, data)
    return new


def _as_it_is(new: NewSubmission) -> NewSubmission:
    return new


def _check_challenge(site: KnownSite, data: dict[str, Any]) -> None:
    if not site.challenge:
        return
    settings = settings_of()
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    challenge = challenge_named(site.challenge, keys)
    # What was stored is not stored again, so a solution serves once.
    subject = f"{site.key}/{data['idempotency_key']}"
    solved = data.get("challenge") or {}
    if not challenge.accepts(subject, solved.get("token", ""), solved.get("solution", "")):
        raise Problem(
            403,
            "challenge-required",
            "This site asks for a challenge to be solved first.",
            "Send it again with the token and the solution in the field challenge.",
            also={"challenge": challenge.ask(subject)},
        )


@blueprint.after_request
def _allow_any_reader(response: Response) -> Response:
    # No cookie is read here, so there is nothing to protect from the page that asks.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    if request.method == "OPTIONS":
        # Of a page that sends application/json by a script of its own; the widget's needs none.
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(recorded: Recorded) -> Response:
    answer = {
        "submission": str(recorded.submission),
        "status": recorded.status,
        "readers": recorded.readers,
    }
    return Response(
        json.dumps(answer),
        status=201 if recorded.status == "new" else 200,
        mimetype="application/json",
    )
