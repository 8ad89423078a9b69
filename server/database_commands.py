"""``copydesk db backup``: a copy of the database while everything runs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import click
from flask.cli import with_appcontext

from server.extensions import db


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Copy the SQLite database into FILE, which must not exist yet.

    The copy is whole and of one moment, and nobody who reads or writes has to wait for it. To
    restore it, stop the server, put it in the place of copydesk.db, and remove copydesk.db-wal and
    copydesk.db-shm. For PostgreSQL there is pg_dump.
    """
    if db.engine.dialect.name != "sqlite":
        raise click.ClickException("this is for SQLite; use pg_dump.")
    if file.exists():
        raise click.ClickException(f"{file} exists already.")
    if not file.parent.is_dir():
        raise click.ClickException(f"there is no folder {file.parent}.")
    try:
        _copy(Path(str(db.engine.url.database)), file)
    except (sqlite3.Error, OSError) as error:
        file.unlink(missing_ok=True)
        raise click.ClickException(f"no copy was made: {error}") from None
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


def _copy(database: Path, file: Path) -> None:
    # Nobody else may read it: it holds what readers and editors wrote.
    file.touch(mode=0o600, exist_ok=False)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(file),))
    # SQLite leaves it to the system when the copy reaches the disk.
    with file.open("rb+") as copy:
        os.fsync(copy.fileno())
