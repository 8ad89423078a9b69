"""The database's schema: whether it is the one this code expects, and bringing it there."""

from __future__ import annotations

from pathlib import Path

import click
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade

from server.extensions import db

MIGRATIONS_DIR = Path(__file__).resolve().parent.parent / "migrations"


def require_current_schema() -> None:
    """Raise ClickException, with what to do, where the database is older or newer."""
    current, wanted = current_revision(), newest_revision()
    if current != wanted:
        raise click.ClickException(
            f"the database is at revision {current or 'none'}, this version needs {wanted}. "
            "Run: copydesk db upgrade"
        )


def current_revision() -> str | None:
    """The database's revision; None for an empty database."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The newest revision in ``migrations/``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    return ScriptDirectory.from_config(config).get_current_head()


def upgrade_schema() -> None:
    """Bring the database to the newest revision."""
    if current_revision() != newest_revision():
        upgrade(directory=str(MIGRATIONS_DIR))
