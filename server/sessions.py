"""Sessions for the editors' pages alone."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

# Readers' requests carry no cookie, get none, and answer the same to everybody; so do the pages
# behind the links of a mail, and what programs ask for with a token.
PUBLIC_BLUEPRINTS = ("widget", "intake", "links", "programs")
# What readers' browsers ask for on every page of a newspaper.
READERS_BLUEPRINTS = ("widget", "intake")


class EditorsSession(SecureCookieSessionInterface):
    """Flask's signed cookie, except where readers' browsers ask.

    The log-in extensions look into the session at every request; without this every answer would
    say ``Vary: Cookie``, and no shared cache could keep the widget.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ or self.get_cookie_name(app) not in request.cookies:
            # Nothing to verify, so no signer to make.
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.blueprint not in PUBLIC_BLUEPRINTS:
            super().save_session(app, session, response)


def spare_readers(app: Flask) -> None:
    """Leave what the extensions and the pages do around each request (log-in, CSRF, limits by
    route, policies of pages) to the editors' pages: readers' requests need none of it, and it
    takes longer than storing a report."""
    before = tuple(app.before_request_funcs.get(None, ()))
    # Flask runs the last first.
    after = tuple(reversed(app.after_request_funcs.get(None, ())))

    def before_editors() -> Any:
        if request.blueprint in READERS_BLUEPRINTS:
            return None
        answers = (app.ensure_sync(hook)() for hook in before)
        return next((answer for answer in answers if answer is not None), None)

    def after_editors(response: Response) -> Response:
        if request.blueprint not in READERS_BLUEPRINTS:
            for hook in after:
                response = app.ensure_sync(hook)(response)
        return response

    at_the_end = tuple(reversed(app.teardown_request_funcs.get(None, ())))

    def end_of_editors(error: BaseException | None) -> None:
        if request.blueprint not in READERS_BLUEPRINTS:
            for hook in at_the_end:
                app.ensure_sync(hook)(error)

    app.before_request_funcs[None] = [before_editors]
    app.teardown_request_funcs[None] = [end_of_editors]
    app.after_request_funcs[None] = [after_editors]
