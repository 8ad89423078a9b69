"""Whatever could be guessed at is slowed down: passwords, codes, passkeys."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request, session
from flask_login import current_user

from server.extensions import db, limiter, settings_of
from server.network import sender_key
from server.sites import find_user
from server.text.mailbox import InvalidAddress, checked_address

# One count for all that could be guessed, else an attacker would take them in turn. Made once: the
# limiter knows views by their names, whatever application of the process they belong to.
_slowed_by_network: Any = limiter.shared_limit(
    lambda: settings_of().login_limit, scope="login", methods=["POST"]
)


def _account_meant() -> str:
    """Whose password or code a form tries: a name that a new password replaces, so that who was
    sent a link is not kept waiting by somebody else's guesses."""
    if current_user.is_authenticated:
        return str(current_user.fs_uniquifier)
    if request.endpoint != "security.login":
        return str(session.get("tf_user_id") or sender_key())
    try:
        address = checked_address(request.form.get("email", ""), trial=True)
    except InvalidAddress:
        # No account has it.
        return sender_key()
    user = find_user(db.session(), address)
    return user.fs_uniquifier if user else address.casefold()


def was_wrong(response: Response) -> bool:
    """A form that was right leads on; one that was wrong is shown again."""
    return not 300 <= response.status_code < 400


# Guesses from many networks at one account.
_slowed_by_account: Any = limiter.shared_limit(
    lambda: settings_of().login_account_limit,
    scope="account",
    key_func=_account_meant,
    methods=["POST"],
    deduct_when=was_wrong,
)


def slow_down(app: Flask) -> None:
    """Throttle the views of log-in that take a guess."""
    for name in (
        "login",
        "verify",
        "change_password",
        "two_factor_token_validation",
        "mf_recovery",
    ):
        view = app.view_functions[f"security.{name}"]
        app.view_functions[f"security.{name}"] = _slowed_by_account(view)
    for name in (
        "login",
        "verify",
        "change_password",
        "forgot_password",
        "reset_password",
        "two_factor_token_validation",
        "mf_recovery",
        "wan_signin_response",
        "wan_verify_response",
    ):
        app.view_functions[f"security.{name}"] = _slowed_by_network(
            app.view_functions[f"security.{name}"]
        )
