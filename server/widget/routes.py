"""``/w/<site key>.js`` and ``/widget/<version>/<file>``."""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, abort, current_app, request

from server.extensions import db
from server.installation.sightings import Sightings
from server.intake.site_cache import SiteCache
from server.models import Site
from server.widget.build import NotBuilt, current_build, entry_script

blueprint = Blueprint("widget", __name__)

ENTRY_SECONDS = 300
YEAR_SECONDS = 31_536_000
MEDIA_TYPE = "text/javascript; charset=utf-8"


@blueprint.get("/w/<key>.js")
def entry(key: str) -> Response:
    """The script that a site owner's tag names: short-lived, so that settings arrive soon."""
    cache: SiteCache = current_app.extensions["site_cache"]
    known = cache.find(key)
    site = db.session.get(Site, known.id) if known else None
    if known is None or site is None:
        abort(404, "No site has this key.")
    sightings: Sightings = current_app.extensions["sightings"]
    sightings.note(known.id, key, known.origins, request.headers.get("Referer"))
    told = {"site": site.key, **site.widget_settings}
    settings = json.dumps(told, separators=(",", ":"), sort_keys=True)
    encoding = _encoding()
    response = _script(entry_script(settings, encoding), encoding)
    response.headers["Cache-Control"] = (
        f"public, max-age={ENTRY_SECONDS}, stale-while-revalidate=86400"
    )
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


@blueprint.get("/widget/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """A built file, immutable under its version."""
    build = current_build()
    encoding = _encoding()
    data = build.read(name, encoding)
    if data is None:
        abort(404, "The widget has no such file.")
    response = _script(data, encoding)
    response.headers["Cache-Control"] = (
        f"public, max-age={YEAR_SECONDS}, immutable"
        if version == build.version
        # A page may hold an older listener than this server: it still finds its dialog.
        else "no-cache"
    )
    return response


@blueprint.errorhandler(NotBuilt)
def not_built(error: NotBuilt) -> tuple[str, int]:
    return str(error), 503


def _encoding() -> str:
    """The smallest that the browser takes; none where it does not say."""
    if not request.headers.get("Accept-Encoding"):
        return ""
    accepted = request.accept_encodings
    return next((code for code in ("br", "gzip") if accepted.quality(code) > 0), "")


def _script(data: bytes, encoding: str) -> Response:
    response = Response(data, content_type=MEDIA_TYPE)
    # import() from an article's origin is a CORS request.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Timing-Allow-Origin"] = "*"
    response.headers["Vary"] = "Accept-Encoding"
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response
