"""The Flask extensions of one process, made once and bound to the application by the factory."""

from __future__ import annotations

from flask import Flask, current_app
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_mail import Mail
from flask_migrate import Migrate
from flask_smorest import Api
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from server.config import Settings
from server.models.base import Base
from server.network import sender_key

# What was committed is what was read: no query again after each commit.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
migrate = Migrate()
mail = Mail()
csrf = CSRFProtect()
babel = Babel()
compress = Compress()
limiter = Limiter(key_func=sender_key, headers_enabled=False)
api = Api()
# Every error is described where it occurs.
api.DEFAULT_ERROR_RESPONSE_NAME = None


def settings_of(app: Flask | None = None) -> Settings:
    """What the application, by default the present one, was made with."""
    found: Settings = (app or current_app).extensions["copydesk_settings"]
    return found
