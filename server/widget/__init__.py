"""Serve the widget: the entry address of a site's script tag, and the built files."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from server.widget.routes import blueprint

    app.register_blueprint(blueprint)
