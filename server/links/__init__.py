"""The pages behind the links of a mail: they ask once more, and work without log-in."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    from server.extensions import csrf
    from server.links import reports, stop  # noqa: F401 - each adds its routes
    from server.links.blueprint import blueprint

    # A signed link is the authority here, not a cookie; each form proves where it comes from with
    # a token of its own, and RFC 8058 wants a POST without one.
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)
