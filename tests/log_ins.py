"""Logging in over HTTP, where forms need no token."""

from __future__ import annotations

from flask.testing import FlaskClient
from submissions import EDITOR, PASSWORD

from server.clock import now
from server.models import Passkey, User


def log_in(client: FlaskClient, email: str = EDITOR, password: str = PASSWORD) -> bool:
    """Whether that worked."""
    return client.post("/login", data={"email": email, "password": password}).status_code == 302


def passkey_of(user: User, name: str) -> Passkey:
    """A passkey as it is stored when somebody has one; nobody can log in with it."""
    return Passkey(
        user_id=user.id,
        name=name,
        credential_id=b"1",
        public_key=b"1",
        sign_count=0,
        transports=[],
        usage="first",
        backup_state=False,
        device_type="single_device",
        lastuse_datetime=now(),
    )
