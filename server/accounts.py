"""Log-in, carried by Flask-Security."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Flask, make_response, redirect, request, session, url_for
from flask_login import current_user
from flask_security.core import RoleMixin, Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.signals import user_authenticated
from werkzeug.exceptions import UnsupportedMediaType

from server import account_events, login_sessions, openid
from server.account_messages import Messages
from server.clock import now
from server.config import Settings
from server.extensions import db, settings_of
from server.guesses import slow_down, was_wrong
from server.login_sessions import REMEMBERED, SESSION
from server.models import Passkey, User
from server.notify.account_mail import RESET_HOURS
from server.passwords import MIN_LENGTH, PasswordRules
from server.problems import wants_problem
from server.second_factor import (
    AnyPasskey,
    NotedRecoveryCodes,
    SingleUseTotp,
    recovery_keys,
    totp_keys,
)

security = Security(
    totp_cls=SingleUseTotp,
    mf_recovery_codes_util_cls=NotedRecoveryCodes,
    password_util_cls=PasswordRules,
    webauthn_util_cls=AnyPasskey,
)

# What guards the account changes only shortly after a log-in, or after saying the password again.
FRESH = timedelta(minutes=15)
STILL_FRESH = timedelta(minutes=5)
# Seconds that an authenticator's clock may be off.
CLOCK_SKEW = 30
# They verify a password, which takes long and writes nothing.
SLOW_AND_READING = ("security.login", "security.verify", "security.forgot_password")


def configure_security(app: Flask) -> None:
    """Bind Flask-Security: log-in by e-mail and password (argon2, throttled) or passkey, with a
    second factor for who sets one up."""
    settings = settings_of(app)
    app.config.from_mapping(_second_factor(settings))
    app.config.from_mapping(openid.configuration(settings))
    app.config.from_mapping(
        SECURITY_PASSWORD_HASH="argon2",
        # argon2 salts by itself; Flask-Security asks for a salt for its other uses.
        SECURITY_PASSWORD_SALT=settings.secret_key,
        SECURITY_PASSWORD_LENGTH_MIN=MIN_LENGTH,
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
        # By default it writes "no-store=True", which is no directive that browsers know.
        SECURITY_CACHE_CONTROL={"no-store": None},
        # Roles are per site, in Membership; there is nothing to join.
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        # Programs have tokens of ours, for what a token may do (server/api_tokens.py).
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_CHANGE_PASSWORD_TEMPLATE="accounts/change_password.html",
        SECURITY_POST_CHANGE_VIEW="/account",
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        # No name server is asked about an address: it would tell others, and take its time.
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_RECOVERABLE=True,
        SECURITY_RESET_URL="/login/reset",
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=RESET_HOURS),
        SECURITY_FORGOT_PASSWORD_TEMPLATE="accounts/forgot_password.html",
        SECURITY_RESET_PASSWORD_TEMPLATE="accounts/reset_password.html",
        # Mails are owed by server/account_events.py, as all others are.
        SECURITY_SEND_PASSWORD_RESET_EMAIL=False,
        SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL=False,
        SECURITY_MSG_PASSWORD_RESET_REQUEST=(
            "If there is an account of this address, a mail with a link is on its way.",
            "info",
        ),
        SECURITY_FRESHNESS=FRESH,
        SECURITY_FRESHNESS_GRACE_PERIOD=STILL_FRESH,
        SECURITY_VERIFY_TEMPLATE="accounts/verify.html",
        SECURITY_DATETIME_FACTORY=now,
        PERMANENT_SESSION_LIFETIME=SESSION,
        REMEMBER_COOKIE_NAME="copydesk_remember",
        REMEMBER_COOKIE_DURATION=REMEMBERED,
        REMEMBER_COOKIE_SECURE=settings.effective_cookie_secure,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        # A form is good for as long as its session: the queue stays open all day.
        WTF_CSRF_TIME_LIMIT=None,
    )
    datastore: Any = SQLAlchemyUserDatastore(db, User, RoleMixin, Passkey)
    # Another application of this process may have had one.
    security.oauthglue = None
    security.init_app(app, datastore)
    app.jinja_env.globals["sends_mail"] = bool(settings.smtp_host)
    openid.init_app(app, security, settings)
    messages: Any = Messages
    security.i18n_domain = messages(app)
    # Pages and forms alone: what it answers to programs has tokens in it that outlive a log-in.
    security.want_json(lambda _request: False)
    user_authenticated.connect(_begin_anew, app)
    login_sessions.init_app(app)
    account_events.init_app(app)
    _read_no_json(app)
    app.before_request(_write_from_the_beginning)
    slow_down(app)
    # Recovery codes help who lost a phone; a mail to the operator is not a way in.
    app.view_functions["security.two_factor_rescue"] = _to_recovery
    code = "security.two_factor_token_validation"
    app.view_functions[code] = _never_logging_out(app.view_functions[code])
    validate = "security.two_factor_setup_validate"
    app.view_functions[validate] = _then_to_recovery_codes(app.view_functions[validate])


def _second_factor(settings: Settings) -> dict[str, Any]:
    secret_keys = (settings.secret_key, *settings.secret_key_fallbacks)
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": CLOCK_SKEW,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/authenticator",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_MSG_TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
            "The authenticator is on: log-in now asks for its code, too.",
            "success",
        ),
        "SECURITY_MSG_TWO_FACTOR_DISABLED": ("The authenticator is off.", "success"),
        "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "accounts/authenticator.html",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "accounts/code.html",
        "SECURITY_TOTP_SECRETS": totp_keys(secret_keys),
        "SECURITY_TOTP_ISSUER": "Copydesk",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": recovery_keys(secret_keys),
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "accounts/recovery_codes.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "accounts/recovery.html",
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": "Copydesk",
        "SECURITY_MSG_WEBAUTHN_NAME_REQUIRED": (
            "Name of this passkey: please give it one, such as Work laptop.",
            "error",
        ),
        "SECURITY_MSG_WEBAUTHN_NAME_INUSE": (
            "Name of this passkey: you have one called %(name)s already; "
            "please choose another name.",
            "error",
        ),
        "SECURITY_MSG_WEBAUTHN_NAME_NOT_FOUND": (
            "You have no passkey called %(name)s (any more).",
            "error",
        ),
        # With fingerprint, face or PIN a passkey is two factors by itself.
        "SECURITY_WAN_ALLOW_AS_MULTI_FACTOR": True,
        "SECURITY_WAN_ALLOW_AS_VERIFY": ["first"],
        # Whether an address has passkeys is nobody's business.
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
        "SECURITY_WAN_REGISTER_URL": "/account/passkeys",
        "SECURITY_WAN_DELETE_URL": "/account/passkeys/remove",
        "SECURITY_WAN_POST_REGISTER_VIEW": "/account",
        "SECURITY_WAN_SIGNIN_URL": "/login/passkey",
        "SECURITY_WAN_REGISTER_TEMPLATE": "accounts/passkey_register.html",
        "SECURITY_WAN_SIGNIN_TEMPLATE": "accounts/passkey_prove.html",
        "SECURITY_WAN_VERIFY_TEMPLATE": "accounts/passkey_prove.html",
    }


def _never_logging_out(validate: Callable[..., Any]) -> Callable[..., Any]:
    """Flask-Security's page for a code logs out whoever opens it without need, so that anybody's
    link could do that."""

    @wraps(validate)
    def asked(**values: Any) -> Any:
        if request.method == "GET" and current_user.is_authenticated and "tf_state" not in session:
            return redirect(url_for("dashboard.show_account"), 303)
        return validate(**values)

    return asked


def _then_to_recovery_codes(turn_on: Callable[..., Any]) -> Callable[..., Any]:
    """Whoever turned the authenticator on would lose the account with the phone."""

    @wraps(turn_on)
    def turned_on(**values: Any) -> Any:
        answer = turn_on(**values)
        on = current_user.is_authenticated and current_user.tf_primary_method
        if on and not current_user.mf_recovery_codes and not was_wrong(make_response(answer)):
            return redirect(url_for("security.mf_recovery_codes"), 303)
        return answer

    return turned_on


def _to_recovery() -> Any:
    return redirect(url_for("security.mf_recovery"), 303)


def _read_no_json(app: Flask) -> None:
    """Pages are for browsers, whose forms are no JSON. Flask-Security would read some for its
    forms, and look for a token in that of every request, nested as deeply as its sender likes."""
    login_manager: Any = vars(app)["login_manager"]
    login_manager.request_loader(lambda _request: None)

    @app.before_request
    def refuse_json() -> None:
        # What leads nowhere is answered so; for a host that is not ours no page can be made.
        if request.endpoint and request.is_json and not wants_problem():
            raise UnsupportedMediaType


def _write_from_the_beginning() -> None:
    """Flask-Security reads first and writes later, in one transaction. On SQLite that must be a
    writing one from its beginning (see :mod:`server.database`)."""
    if (
        request.blueprint == "security"
        and request.method == "POST"
        and request.endpoint not in SLOW_AND_READING
    ):
        db.session.rollback()
        db.session.connection(execution_options={"write": True})


def _begin_anew(_app: Flask, **_details: Any) -> None:
    """Who logs in gets a new token for forms: one from before, whoever knew it, is worthless."""
    session.pop("csrf_token", None)
