"""Sessions for the editors' pages alone."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

# Readers' requests carry no cookie, get none, and answer the same to everybody.
PUBLIC_BLUEPRINTS = ("widget", "intake")


class EditorsSession(SecureCookieSessionInterface):
    """Flask's signed cookie, except where readers' browsers ask.

    The log-in extensions look into the session at every request; without this every answer would
    say ``Vary: Cookie``, and no shared cache could keep the widget.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.blueprint not in PUBLIC_BLUEPRINTS:
            super().save_session(app, session, response)
