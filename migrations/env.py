"""Alembic's environment: runs the migrations within the application, on its engine."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.exc import SAWarning

from server.extensions import db
from server.models import Base


def run_migrations() -> None:
    """Run online, in one transaction where the database can."""
    with db.engine.connect() as connection, _without_cascades(connection):
        context.configure(
            connection=connection.execution_options(write=True),
            target_metadata=Base.metadata,
            # SQLite cannot alter most of a table: Alembic copies it instead.
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction(), warnings.catch_warnings():
            # Altering a table on SQLite reads those that it refers to, and one of them has an index
            # that cannot be read. It stays; a test says so.
            warnings.filterwarnings("ignore", "Skipped unsupported reflection", SAWarning)
            context.run_migrations()
            _check_references(connection)


@contextmanager
def _without_cascades(connection: Connection) -> Iterator[None]:
    """On SQLite, altering a table drops the old one, and with foreign keys on that deletes whatever
    refers to its rows."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # Within a transaction the pragma has no effect, and SQLAlchemy would begin one.
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        # What is still open here only read, or failed.
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    """Raises ValueError where a migration left a row that refers to one that is gone."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise ValueError(f"rows refer to others that are gone: {dangling[:5]}")


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; --sql is not supported.")
run_migrations()
