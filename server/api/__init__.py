"""What programs talk to: reports for who shows a token, the OpenAPI document, and its page."""

from __future__ import annotations

from flask import Flask

from server.extensions import api, csrf


def init_app(app: Flask) -> None:
    from server.api import docs, reports
    from server.api.documentation import describe_tokens

    reports.blueprint.description = "For programs that show a token."
    # A token in a header, never a cookie: nothing that a forged request could borrow.
    csrf.exempt(reports.blueprint)
    describe_tokens(api)
    api.register_blueprint(reports.blueprint)
    app.register_blueprint(docs.blueprint)
