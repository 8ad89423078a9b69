"""The editors' pages."""

from __future__ import annotations

from flask import Flask, render_template

from server import problems


def init_app(app: Flask) -> None:
    from server.dashboard import format
    from server.dashboard.routes import blueprint

    app.register_blueprint(blueprint)
    format.init_app(app)
    problems.show_pages_with(
        app,
        lambda title, detail: render_template("dashboard/error.html", title=title, detail=detail),
    )
