"""Copydesk: readers report spelling errors, editors fix them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import brotli
from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from server import api as api_pages
from server import dashboard, intake, language, links, logs, notify, problems, tasks, widget
from server.accounts import configure_security
from server.config import Settings
from server.database import prepare_engine
from server.extensions import api, compress, csrf, db, limiter, mail, migrate
from server.schema import MIGRATIONS_DIR
from server.sessions import EditorsSession, spare_readers
from server.unfinished import UnfinishedBodies

__version__ = "0.1.0"

LIMIT_STORAGE_SECONDS = 1
_SECURITY = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
# What people look at; programs get their JSON as it is.
COMPRESSED = [
    "text/html",
    "text/css",
    "text/javascript",
    "text/csv",
    "image/svg+xml",
]


class _Copydesk(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: nothing here is a coroutine, and Flask would look at each hook of each
        request."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application. Raises SettingError where the settings cannot be used."""
    settings = settings or Settings.from_environment()
    settings.check()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    logs.configure(settings.log_level)

    app = _Copydesk(__name__)
    app.config.from_mapping(_flask_configuration(settings))
    app.extensions["copydesk_settings"] = settings
    app.session_interface = EditorsSession()
    app.wsgi_app = UnfinishedBodies(  # type: ignore[method-assign]  # Flask's documented way
        app.wsgi_app, settings.threads
    )
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )

    # What is registered first runs last: a page is compressed when nobody changes it any more.
    compress.init_app(app)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    migrate.init_app(app, db, directory=str(MIGRATIONS_DIR))
    mail.init_app(app)
    limiter.init_app(app)
    csrf.init_app(app)
    configure_security(app)
    api.init_app(app)
    language.init_app(app)
    tasks.init_app(app, settings)

    problems.init_app(app)
    notify.init_app(app)
    intake.init_app(app)
    api_pages.init_app(app)
    widget.init_app(app)
    links.init_app(app)
    dashboard.init_app(app)
    spare_readers(app)
    app.after_request(_security_headers)
    return app


def _flask_configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        "TRUSTED_HOSTS": settings.effective_trusted_hosts,
        # The largest form of the dashboard; the intake has a smaller limit of its own.
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "SESSION_COOKIE_NAME": "copydesk",
        "SESSION_COOKIE_SECURE": settings.effective_cookie_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SQLALCHEMY_DATABASE_URI": settings.effective_database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "MAIL_SERVER": settings.smtp_host,
        "MAIL_PORT": settings.smtp_port,
        "MAIL_DEFAULT_SENDER": settings.mail_from,
        "RATELIMIT_STORAGE_URI": settings.limit_storage_url,
        "RATELIMIT_STORAGE_OPTIONS": _limit_storage_options(settings.limit_storage_url),
        "RATELIMIT_STRATEGY": "fixed-window",
        # Redis down must not close the intake: limits then count per process.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": settings.limit_storage_url != "memory://",
        # The widget's files are compressed when they are built; readers' answers are too short.
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_ALGORITHM_STREAMING": ["br", "gzip"],
        "COMPRESS_MIMETYPES": COMPRESSED,
        "COMPRESS_BR_MODE": brotli.MODE_TEXT,
        "COMPRESS_STREAMING_ENDPOINT_CONDITIONAL": ["dashboard.static", "links.static"],
        "API_TITLE": "Copydesk",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
    }


def _limit_storage_options(url: str) -> dict[str, Any]:
    """No reader waits long for a storage that does not answer."""
    if not url.startswith(("redis:", "rediss:")):
        return {}
    return {
        "socket_connect_timeout": LIMIT_STORAGE_SECONDS,
        "socket_timeout": LIMIT_STORAGE_SECONDS,
    }


def _security_headers(response: Response) -> Response:
    headers = response.headers
    for name, value in _SECURITY:
        if name not in headers:
            headers.add(name, value)
    # What readers load is no page, and is to be short.
    if request.blueprint not in ("widget", "intake"):
        headers.setdefault("X-Frame-Options", "DENY")
    return response
