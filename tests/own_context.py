"""A browser whose requests are as apart as on a server."""

from __future__ import annotations

import contextvars
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.extensions import db


class OwnContextClient(FlaskClient):
    """Each request in a context of its own, as on a server: the test's application context would
    hand one request's user to the next."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        answer = contextvars.Context().run(super().open, *arguments, **options)
        if has_app_context():
            # The test's own session reads what the request wrote.
            db.session.rollback()
        return answer
