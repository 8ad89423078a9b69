"""Alembic's environment: runs the migrations within the application, on its engine."""

from __future__ import annotations

from alembic import context

from server.extensions import db
from server.models import Base


def run_migrations() -> None:
    """Run online, in one transaction where the database can."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection.execution_options(write=True),
            target_metadata=Base.metadata,
            # SQLite cannot alter most of a table: Alembic copies it instead.
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; --sql is not supported.")
run_migrations()
