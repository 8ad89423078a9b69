"""Logging in over HTTP, where forms need no token."""

from __future__ import annotations

from flask.testing import FlaskClient
from submissions import EDITOR, PASSWORD


def log_in(client: FlaskClient, email: str = EDITOR, password: str = PASSWORD) -> bool:
    """Whether that worked."""
    return client.post("/login", data={"email": email, "password": password}).status_code == 302
