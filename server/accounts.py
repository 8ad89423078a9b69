"""Log-in, carried by Flask-Security."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, session
from flask_security.core import RoleMixin
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.signals import user_authenticated

from server.extensions import db, limiter, security
from server.models import User

SESSION = timedelta(hours=12)
# For who ticks "Stay logged in on this device".
REMEMBERED = timedelta(days=30)


def configure_security(app: Flask) -> None:
    """Bind Flask-Security: log-in and log-out by e-mail and password, argon2, throttled."""
    settings = app.extensions["copydesk_settings"]
    app.config.from_mapping(
        SECURITY_PASSWORD_HASH="argon2",
        # argon2 salts by itself; Flask-Security asks for a salt for its other uses.
        SECURITY_PASSWORD_SALT=settings.secret_key,
        SECURITY_PASSWORD_LENGTH_MIN=10,
        SECURITY_LOGIN_URL="/login",
        SECURITY_LOGOUT_URL="/logout",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_LOGIN_USER_TEMPLATE="accounts/login.html",
        # The same answer for a wrong password and for an unknown address.
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=("The e-mail or the password is wrong.", "error"),
        SECURITY_MSG_UNAUTHENTICATED=("Please log in to continue.", "info"),
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_FLASH_MESSAGES=True,
        # Roles are per site, in Membership; there is nothing to join.
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        PERMANENT_SESSION_LIFETIME=SESSION,
        REMEMBER_COOKIE_NAME="copydesk_remember",
        REMEMBER_COOKIE_DURATION=REMEMBERED,
        REMEMBER_COOKIE_SECURE=settings.effective_cookie_secure,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        # A form is good for as long as its session: the queue stays open all day.
        WTF_CSRF_TIME_LIMIT=None,
    )
    datastore: Any = SQLAlchemyUserDatastore(db, User, RoleMixin)
    security.init_app(app, datastore)
    user_authenticated.connect(_begin_anew, app)
    slowed: Any = limiter.limit(settings.login_limit, methods=["POST"])
    app.view_functions["security.login"] = slowed(app.view_functions["security.login"])


def _begin_anew(_app: Flask, **_details: Any) -> None:
    """Who logs in gets a new token for forms: one from before, whoever knew it, is worthless."""
    session.pop("csrf_token", None)
