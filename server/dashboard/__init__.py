"""The editors' pages."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from server.dashboard import format
    from server.dashboard.routes import blueprint

    app.register_blueprint(blueprint)
    format.init_app(app)
