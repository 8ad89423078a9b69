"""The database's schema: whether it is the one this code expects, and bringing it there."""

from __future__ import annotations

from pathlib import Path

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade

from server.extensions import db

MIGRATIONS_DIR = Path(__file__).resolve().parent.parent / "migrations"


def require_current_schema() -> None:
    """Raise ClickException, with what to do, where the database is older or newer."""
    current, wanted = current_revision(), newest_revision()
    if current is not None and not _is_known(current):
        raise click.ClickException(
            f"the database is at revision {current}, which this version does not know: a newer one "
            "has written it. Install that version."
        )
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
    return _scripts().get_current_head()


def _is_known(revision: str) -> bool:
    return any(script.revision == revision for script in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS_DIR))


def upgrade_schema() -> None:
    """Bring the database to the newest revision."""
    if current_revision() != newest_revision():
        upgrade(directory=str(MIGRATIONS_DIR))
