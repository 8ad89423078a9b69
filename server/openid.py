"""Log-in by OpenID Connect, where the operator names a provider. Authlib and Flask-Security carry
it: state, nonce, PKCE, the signature of the ID token."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, flash, redirect, request
from flask_security.core import Security
from flask_security.decorators import auth_required
from flask_security.oauth_glue import OAuthGlue
from flask_security.oauth_provider import FsOAuthProvider
from flask_security.utils import url_for_security

from server import people
from server.config import SettingError, Settings
from server.database import write_transaction
from server.language import gettext
from server.sites import find_user

PROVIDER = "oidc"
TIMEOUT_SECONDS = 10

log = logging.getLogger(__name__)


def configuration(settings: Settings) -> dict[str, Any]:
    """What Flask-Security is told. Raises SettingError where Authlib is missing."""
    if not settings.oidc_issuer:
        return {"SECURITY_OAUTH_ENABLE": False}
    try:
        import authlib  # noqa: F401, PLC0415 - an extra that not every server has
    except ImportError:
        raise SettingError(
            "COPYDESK_OIDC_ISSUER is set, but Authlib is missing. Install copydesk[oidc]."
        ) from None
    return {"SECURITY_OAUTH_ENABLE": True, "SECURITY_OAUTH_BUILTIN_PROVIDERS": []}


def init_app(app: Flask, security: Security, settings: Settings) -> None:
    """Offer the provider on the log-in page, where there is one."""
    app.jinja_env.globals["oidc_name"] = settings.oidc_name if settings.oidc_issuer else ""
    if security.oauthglue is None:
        return
    security.oauthglue = _Glue(app, security.oauthglue.oauth, settings)
    security.oauthglue.register_provider_ext(_Provider(settings))
    for endpoint in ("security.oauthresponse", "security.oauth_verify_response"):
        app.view_functions[endpoint] = _or_say_so(app.view_functions[endpoint], settings)
    # It compares who comes back with who is logged in, without asking whether anybody is.
    again = "security.oauth_verify_response"
    app.view_functions[again] = auth_required("session")(app.view_functions[again])
    issuer = urlsplit(settings.oidc_issuer)
    origin = f"{issuer.scheme}://{issuer.netloc}"

    @app.after_request
    def _lead_there(response: Response) -> Response:
        # Browsers hold a form's redirects, too, to what its page may send forms to.
        if request.endpoint in ("security.login", "security.verify"):
            policy = response.headers.get("Content-Security-Policy", "")
            allowed = policy.replace("form-action 'self'", f"form-action 'self' {origin}")
            response.headers["Content-Security-Policy"] = allowed
        return response


class _Glue(OAuthGlue):
    """The provider sends people back to our public address, whatever the request or a proxy says
    of hosts and schemes."""

    def __init__(self, app: Flask, oauth: Any, settings: Settings) -> None:
        super().__init__(app, oauth)
        self.public_url = settings.public_url.rstrip("/")

    def get_redirect(self, name: str, endpoint: str, **values: Any) -> Any:
        """Lead to the provider; 404 where there is none of the name."""
        # Authlib has attributes of its own beside the providers.
        provider = getattr(self.oauth, name) if name in self.providers else abort(404)
        path = url_for_security(endpoint, name=name, **values).removeprefix(request.script_root)
        return provider.authorize_redirect(self.public_url + path)


class _Provider(FsOAuthProvider):
    def __init__(self, settings: Settings) -> None:
        super().__init__(PROVIDER)
        self.settings = settings

    def authlib_config(self) -> dict[str, Any]:
        """How to find the provider, and what to ask it for."""
        return {
            "client_id": self.settings.oidc_client_id,
            "client_secret": self.settings.oidc_client_secret,
            "server_metadata_url": self.settings.oidc_issuer.rstrip("/")
            + "/.well-known/openid-configuration",
            "client_kwargs": {
                "scope": "openid email",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_SECONDS,
            },
        }

    def fetch_identity_cb(self, oauth: Any, token: Any) -> tuple[str, str]:
        """The address that the provider vouches for; who is invited by it joins at once. An
        address that it does not vouch for is anybody's, and logs nobody in."""
        from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415 - an extra

        claims = token.get("userinfo") or {}
        if "email" not in claims:
            asked = getattr(oauth, PROVIDER).userinfo(token=token)
            if not claims.get("sub") or asked.get("sub") != claims["sub"]:
                raise OAuthError("sub", "the provider speaks of somebody else")
            claims = {**claims, **asked}
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise OAuthError("email", "the provider does not vouch for the address")
        return "email", _joined_where_invited(email)

    def oauth_response_failure(self, error_view: str, e: Any) -> Any:
        """Said in our words; the provider's are for the operator."""
        return _failed(self.settings, e)


def _joined_where_invited(email: str) -> str:
    """The address as its account has it, whatever its capitals."""
    with write_transaction() as session:
        if find_user(session, email) is None:
            for invitation in people.invitations_to(session, email):
                people.accept(session, invitation)
        user = find_user(session, email)
        return user.email if user else email


def _or_say_so(view: Callable[..., Any], settings: Settings) -> Callable[..., Any]:
    """A signature or an answer that is none must not look like a mistake of ours."""
    from joserfc.errors import JoseError  # noqa: PLC0415 - an extra
    from requests import RequestException  # noqa: PLC0415 - an extra

    @wraps(view)
    def asked(**values: Any) -> Any:
        try:
            return view(**values)
        except (JoseError, RequestException, ValueError, LookupError) as error:
            return _failed(settings, error)

    return asked


def _failed(settings: Settings, error: Exception) -> Any:
    log.warning("log-in by OpenID Connect failed: %s: %s", type(error).__name__, error)
    flash(gettext("The log-in with %(name)s failed. Please try again.", name=settings.oidc_name))
    return redirect(url_for_security("login"))
