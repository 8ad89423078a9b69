"""A PostgreSQL cluster of the tests' own, from the machine's binaries."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smtp_server import free_port

MISSING = "PostgreSQL is not installed (Debian: apt-get install postgresql)"


def find_initdb() -> Path | None:
    """Debian keeps the server's programs outside the path."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1]
    return Path(on_path) if on_path else None


@contextmanager
def postgresql_cluster(initdb: Path) -> Iterator[str]:
    """Run a fresh cluster; gives the SQLAlchemy address of an empty database."""
    # PostgreSQL refuses to run as root, as which containers and CI often run.
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        data = Path(folder) / "data"
        if prefix:
            shutil.chown(folder, "postgres")

        def run(command: list[str]) -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

        run([*prefix, str(initdb), "-D", str(data), "-U", "copydesk", "--auth=trust", "-N"])
        control = [*prefix, str(initdb.with_name("pg_ctl")), "-D", str(data), "-w"]
        options = f"-p {port} -k {folder} -h 127.0.0.1"
        run([*control, "-o", options, "-l", f"{folder}/log", "start"])
        try:
            yield f"postgresql+psycopg://copydesk@127.0.0.1:{port}/postgres"
        finally:
            run([*control, "-m", "immediate", "stop"])
