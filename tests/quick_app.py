"""What makes an application for each test affordable: prepared once, the same for all."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine

from server import create_app
from server.config import Settings
from server.extensions import db
from server.models import Base


def make_app(settings: Settings) -> Flask:
    """An application with empty tables. Its passwords are hashed by argon2 as
    everywhere, with the least cost, and its templates were compiled for the first one."""
    app = create_app(settings)
    app.extensions["security"].pwd_context.update(
        argon2__time_cost=1, argon2__memory_cost=8, argon2__parallelism=1
    )
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_folder()))
    if settings.database_url:
        with app.app_context():
            Base.metadata.create_all(db.engine)
    else:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copy(_empty_database(), settings.data_dir / "copydesk.db")
    return app


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="copydesk-tests-"))


@cache
def _empty_database() -> Path:
    path = _folder() / "empty.db"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return path
