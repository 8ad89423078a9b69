"""What programs talk to: the OpenAPI document, and the page that shows it."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from server.api.docs import blueprint

    app.register_blueprint(blueprint)
