"""Style and scripts, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for

FOLDER = Path(__file__).with_name("static")
ENDPOINT = "dashboard.static"
YEAR_SECONDS = 31_536_000


def init_app(app: Flask) -> None:
    versions = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in FOLDER.iterdir()
    }
    asset = partial(_address, versions)

    @app.context_processor
    def _assets() -> dict[str, Any]:
        return {"asset": asset}

    @app.after_request
    def _keep(response: Response) -> Response:
        name = (request.view_args or {}).get("filename", "")
        wanted = request.args.get("v")
        if request.endpoint == ENDPOINT and wanted and wanted == versions.get(name):
            response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
        return response


def _address(versions: dict[str, str], name: str) -> str:
    return url_for(ENDPOINT, filename=name, v=versions[name])
