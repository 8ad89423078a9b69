"""The public endpoint that the widget calls."""

from __future__ import annotations

from flask import Flask

from server.extensions import api, csrf


def init_app(app: Flask) -> None:
    from server.intake.routes import blueprint
    from server.reports.readers import DailyKeys

    blueprint.description = "What the widget sends."
    # Readers have no session here, so there is nothing that a forged request could borrow.
    csrf.exempt(blueprint)
    app.extensions["reader_keys"] = DailyKeys()
    api.register_blueprint(blueprint)
