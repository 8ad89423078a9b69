"""How fast the intake is beside a bare Flask app: ``python benchmarks/intake.py``.

Both run under Granian with the same processes and threads, on the same kind of database, and take
the same load in turns, so that what disturbs the machine disturbs both. Rates and ratios are
medians of the rounds. Nothing is left out of ours but the limits of how much one network may
send. Needs wrk (Debian: ``apt-get install wrk``), and PostgreSQL's programs for ``--postgresql``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from live_server import LiveServer  # noqa: E402 - the path comes first
from postgresql_server import MISSING, find_initdb, postgresql_cluster  # noqa: E402 - the path comes first
from smtp_server import free_port  # noqa: E402 - the path comes first

ORIGIN = "https://news.example"
NO_LIMIT = "1000000/second"


@dataclass(frozen=True)
class Measured:
    """One round: requests a second; milliseconds."""

    rate: float
    p50: float
    p99: float
    worst: float
    refused: int


def load(url: str, site_key: str, options: argparse.Namespace, seconds: int) -> Measured:
    """Let wrk send for ``seconds``. Raises RuntimeError where connections break."""
    done = subprocess.run(
        [
            *("wrk", "-t1", f"-c{options.clients}", f"-d{seconds}s", "--timeout", "20s"),
            *("-s", HERE / "load.lua", url),
        ],
        env={**os.environ, "SITE_KEY": site_key, "RUN": uuid.uuid4().hex[:8], "SEED": "4"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    if found["broken"]:
        raise RuntimeError(f"connections broke: {found}")
    rate = found["requests"] / found["seconds"]
    return Measured(rate, found["p50"], found["p99"], found["max"], found["refused"])


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The address of a fresh PostgreSQL database; empty for SQLite, which is a file of its own."""
    if kind == "sqlite":
        yield ""
        return
    initdb = find_initdb()
    if initdb is None:
        sys.exit(MISSING)
    with postgresql_cluster(initdb) as url:
        yield url


@contextmanager
def bare(address: str, folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The bare app's address, and a key that it does not look at."""
    port = free_port()
    environment = {
        **os.environ,
        "BARE_DATABASE": address.replace("+psycopg", "") or str(folder / "bare.db"),
        "BARE_SYNCHRONOUS": options.synchronous,
    }
    subprocess.run([sys.executable, HERE / "bare.py"], env=environment, check=True)
    process = subprocess.Popen(
        [
            *(Path(sys.executable).with_name("granian"), "bare:app", "--interface", "wsgi"),
            *("--port", str(port), "--no-ws"),
            *("--workers", str(options.workers), "--blocking-threads", str(options.threads)),
        ],
        cwd=HERE,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://localhost:{port}/api/v1/submissions", "ck_none"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def ours(address: str, folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Our address, and the key of a site with one editor."""
    # The worker is another process in such a setting; what it does is not the intake's.
    settings: dict[str, Any] = {} if options.embedded else {"tasks_url": f"sqlite:///{folder}/q.db"}
    server = LiveServer(
        folder / "var",
        ORIGIN,
        database_url=address,
        intake_network_limit=NO_LIMIT,
        intake_site_limit=NO_LIMIT,
        spam_pages=NO_LIMIT,
        spam_places=NO_LIMIT,
        spam_page_places=NO_LIMIT,
        **settings,
    )
    server.run_options = ["--workers", str(options.workers), "--threads", str(options.threads)]
    server.start()
    try:
        # As the widget asks, which names its site in the address too.
        yield f"{server.url}/api/v1/submissions?site={server.site_key}", server.site_key
    finally:
        server.stop()


def know_the_tables(address: str) -> None:
    """What PostgreSQL's autovacuum does by itself within a minute; nothing for SQLite."""
    if address:
        with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("ANALYZE")


def measure(kind: str, options: argparse.Namespace) -> dict[str, list[Measured]]:
    """Rounds of both, in turns."""
    rounds: dict[str, list[Measured]] = {"bare": [], "ours": []}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        addresses = {name: stack.enter_context(database(kind)) for name in rounds}
        targets = {
            "bare": stack.enter_context(bare(addresses["bare"], folder, options)),
            "ours": stack.enter_context(ours(addresses["ours"], folder, options)),
        }
        time.sleep(1)
        for target in targets.values():
            load(*target, options, 2)
        for address in addresses.values():
            know_the_tables(address)
        for _ in range(options.rounds):
            for name, target in targets.items():
                rounds[name].append(load(*target, options, options.seconds))
    return rounds


def show(kind: str, rounds: dict[str, list[Measured]]) -> None:
    median = {
        name: {
            figure: statistics.median(getattr(each, figure) for each in measured)
            for figure in ("rate", "p50", "p99", "worst")
        }
        for name, measured in rounds.items()
    }
    for name, found in median.items():
        refused = sum(each.refused for each in rounds[name])
        print(
            f"{kind:<11}{name:<6}{found['rate']:>9.0f}{found['p50']:>9.1f}{found['p99']:>9.1f}"
            f"{found['worst']:>9.1f}{found['p99'] / found['p50']:>9.1f}{refused:>9}"
        )
    ratios = [o.rate / b.rate for b, o in zip(rounds["bare"], rounds["ours"], strict=True)]
    print(
        f"{kind:<11}ours / bare: {statistics.median(ratios):.0%}"
        f" (of {len(ratios)} rounds {min(ratios):.0%} to {max(ratios):.0%})\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="also on PostgreSQL")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2, help="processes of each server")
    parser.add_argument("--threads", type=int, default=256, help="threads of each, at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--synchronous", default="FULL", choices=["FULL", "NORMAL"])
    parser.add_argument("--embedded", action="store_true", help="tasks run in the web processes")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed (Debian: apt-get install wrk)")
    print(
        f"{options.clients} clients, {options.workers} processes of {options.threads} threads, "
        f"{options.rounds} rounds of {options.seconds:g} s; milliseconds\n\n"
        f"{'database':<11}{'':<6}{'req/s':>9}{'p50':>9}{'p99':>9}{'max':>9}{'p99/p50':>9}"
        f"{'refused':>9}"
    )
    for kind in ("sqlite", *(["postgresql"] if options.postgresql else [])):
        show(kind, measure(kind, options))


if __name__ == "__main__":
    main()
