"""A PostgreSQL cluster of the tests' own, from the machine's binaries."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smtp_server import free_port
from sqlalchemy import NullPool, create_engine

MISSING = "PostgreSQL is not installed (Debian: apt-get install postgresql)"


def find_initdb() -> Path | None:
    """Debian keeps the server's programs outside the path."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1]
    return Path(on_path) if on_path else None


@dataclass
class PostgresqlServer:
    """``url``: the SQLAlchemy address of an empty database. It can be stopped and started again."""

    url: str
    _control: Callable[..., None]

    def start(self) -> None:
        self._control("start")

    def stop(self) -> None:
        """At once, as a power cut would: what was committed must be found in the log."""
        self._control("-m", "immediate", "stop")


@contextmanager
def postgresql_server(initdb: Path, kept: Path | None = None) -> Iterator[PostgresqlServer]:
    """Run a fresh cluster; with ``kept`` the one that is in this folder, if there is one."""
    # PostgreSQL refuses to run as root, as which containers and CI often run.
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        data = kept or Path(folder) / "data"
        data.mkdir(exist_ok=True)
        if prefix:
            shutil.chown(folder, "postgres")
            shutil.chown(data, "postgres")

        def run(program: str, *arguments: str) -> None:
            command = [*prefix, str(initdb.with_name(program)), "-D", str(data), *arguments]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

        def control(*arguments: str) -> None:
            options = f"-p {port} -k {folder} -h 127.0.0.1"
            run("pg_ctl", "-w", "-o", options, "-l", f"{folder}/log", *arguments)

        if not (data / "PG_VERSION").exists():
            run("initdb", "-U", "copydesk", "--auth=trust", "-N")
        server = PostgresqlServer(
            f"postgresql+psycopg://copydesk@127.0.0.1:{port}/postgres", control
        )
        server.start()
        try:
            yield server
        finally:
            if (data / "postmaster.pid").exists():
                server.stop()


def empty(url: str) -> None:
    """Leave a database as if it had just been made, whatever is in it and whoever, perhaps killed
    in the midst of something, is connected to it."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@contextmanager
def postgresql_cluster(initdb: Path) -> Iterator[str]:
    """Run a fresh cluster; gives the SQLAlchemy address of an empty database."""
    with postgresql_server(initdb) as server:
        yield server.url
