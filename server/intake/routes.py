"""``POST /api/v1/submissions``."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import ValidationError

from server import tasks
from server.config import Settings
from server.extensions import db, settings_of
from server.group_commit import GroupCommit
from server.installation.sightings import Sightings
from server.intake import documentation
from server.intake.body import read_json_object
from server.intake.challenges import challenge_named
from server.intake.judging import reasons_for_spam
from server.intake.limits import check_limit, require_below_limit
from server.intake.origin import check_origin, page_identity, sender_of
from server.intake.schema import SubmissionSchema, new_submission
from server.intake.site_cache import KnownSite, SiteCache, looks_like_key
from server.network import address_prefix, sender_keys, sent_from
from server.problems import Problem
from server.reports.readers import DailyKeys
from server.reports.record import Recorded
from server.reports.submission import NewSubmission

blueprint = Blueprint("intake", __name__, url_prefix="/api/v1")

# How long a browser need not ask again whether a page may send; browsers cut it themselves.
PREFLIGHT_SECONDS = 86_400

_schema = SubmissionSchema()


@blueprint.post("/submissions")
@blueprint.doc(**documentation.SUBMIT)
def submit() -> Response:
    """Report a mistake."""
    records: GroupCommit[NewSubmission, Recorded] = current_app.extensions["records"]
    # Reading the body ends when its sender likes: nobody waits for that. The first report of a day
    # makes its key, in a transaction of its own: who writes for others must not wait for another.
    site, body = _admit()
    sender = sender_of(request.headers)
    reader_hash = _reader_hash(site)
    recorded = records.write(partial(_prepare, site, body, sender, reader_hash))
    tasks.ring()
    return _answer(recorded)


def _prepare(
    site: KnownSite, body: dict[str, Any], sender: str | None, reader_hash: bytes
) -> NewSubmission:
    """What is to be recorded of a request. Raises Problem with what is wrong with it."""
    data = _load(body)
    check_origin(site, sender, data["page"]["url"])
    _check_challenge(site, data)
    return _new_submission(site, data, reader_hash)


def _admit() -> tuple[KnownSite, dict[str, Any]]:
    """The site that a request is for, and its body.

    Raises Problem 429 where the sender's network or the site has sent too much. A network is
    counted for each site apart: a flood from one desk of an office leaves the other desks free to
    report elsewhere. A flood that names its site in the address, as the widget does, is refused
    unread; what names none is counted when it turns out to be unusable.
    """
    named = request.args.get("site")
    if named is not None:
        site = _admitted(named)
        body = read_json_object(request)
        # What a reader's browser kept was written before the tag had its new key, perhaps under one
        # that works no more: it is the site's all the same, which the present key names.
        if body.get("site") not in (named, *site.all_keys):
            raise Problem.of_field("site", "is not the site that the address names.")
        return site, body
    for sender, times in sender_keys():
        require_below_limit("network", _settings().intake_network_limit, sender, times=times)
    try:
        body = read_json_object(request)
        key = body.get("site")
        if not looks_like_key(key):
            # Perhaps the schema knows better what is wrong with it.
            key = _load(body)["site"]
    except Problem:
        _count_network()
        raise
    return _admitted(key), body


def _count_network(*name: str) -> None:
    """Count one request of the sender's network, and of the one around it."""
    for sender, times in sender_keys():
        check_limit("network", _settings().intake_network_limit, sender, *name, times=times)


def _admitted(key: str) -> KnownSite:
    cache: SiteCache = current_app.extensions["site_cache"]
    site = cache.remembered(key)
    if site is None:
        # Guessed keys reach the database no oftener than reports.
        _count_network("key")
        site = cache.find(key)
    if site is None:
        raise Problem.of_field("site", "is not a known site key.", status=404, kind="unknown-site")
    _count_network(site.key)
    if sent_from(site.blocked_networks):
        raise Problem(
            403,
            "network-blocked",
            "This site takes no reports from this network.",
            "The site's owner has blocked it.",
        )
    check_limit("site", _settings().intake_site_limit, site.key)
    if key != site.key:
        _note_former_key(site, key)
    return site


def _note_former_key(site: KnownSite, key: str) -> None:
    """An owner asks which former keys are still in use; pinned tags tell it here alone."""
    sightings: Sightings = current_app.extensions["sightings"]
    page = request.headers.get("Origin") or request.headers.get("Referer")
    sightings.note(site.id, key, site.origins, page)


def _check_challenge(site: KnownSite, data: dict[str, Any]) -> None:
    if not site.challenge:
        return
    settings = _settings()
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


def _settings() -> Settings:
    settings = settings_of()
    return settings


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


def _load(body: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = _schema.load(body)
    except ValidationError as error:
        raise Problem(
            422,
            "invalid-field",
            "The request was not accepted.",
            errors=list(_field_errors(error.messages)),
        ) from None
    return loaded


def _field_errors(messages: Any, path: str = "") -> list[dict[str, str]]:
    if isinstance(messages, dict):
        return [
            found
            for name, inner in messages.items()
            for found in _field_errors(inner, path if name == "_schema" else f"{path}.{name}")
        ]
    return [{"field": path.lstrip(".") or "body", "message": str(text)} for text in messages]


def _reader_hash(site: KnownSite) -> bytes:
    keys: DailyKeys = current_app.extensions["reader_keys"]
    found = keys.reader_hash(site.id, address_prefix())
    # What waits for its turn holds no connection and no old snapshot.
    if db.session.registry.has():
        db.session.rollback()
    return found


def _new_submission(site: KnownSite, data: dict[str, Any], reader_hash: bytes) -> NewSubmission:
    page = data["page"]
    identity = page_identity(site, page["url"], page.get("canonical") or "")
    new = new_submission(data, site.id, identity, reader_hash)
    new.spam_reasons = reasons_for_spam(site, new, data)
    return new


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
