"""How fast the queue answers among few and among many: ``python benchmarks/editors_queue.py``.

It fills a database with 1,000 and another with 1,000,000 reports of three sites, and asks both in
turns for pages of the queue as an editor's browser does, without the network between: milliseconds
of the server, the median of several, and how many times as long they take among the many. Beside
that how many reports the page shows, as a page with more of them takes longer, and how long the
database took for it.

``--few``, ``--many``: how many reports. ``--only sqlite`` or ``--only postgresql``: else both, the
latter a server of its own, from the machine's programs. ``--keep FOLDER``: the databases stay
there, and are not filled again.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from full_queue import ADDRESS, EMAIL, PASSWORD, fill
from postgresql_server import MISSING, find_initdb, postgresql_server

from server import create_app
from server.config import Settings
from server.extensions import db
from server.schema import upgrade_schema

REPEATS = 15
QUESTIONS = {
    "open": "/",
    "open, oldest": "/?sort=oldest",
    "open, certain": "/?sort=certainty",
    "open, readers": "/?sort=readers",
    "waiting, certain": "/?view=waiting&sort=certainty",
    "mine": "/?view=mine",
    "mine, certain": "/?view=mine&sort=certainty",
    "all": "/?view=all",
    "all, 20th page": "/?view=all&page-20",
    "author of 1 in 300": "/?view=all&author=Author+123",
    "same, open, certain": "/?author=Author+123&sort=certainty",
    "authors of 1 in 27": "/?view=all&author=Author+7",
    "author of 5 pages": "/?view=all&author=Rare",
    "rare author, readers": "/?view=all&author=Rare&sort=readers",
    "section": "/?section=Section+3&sort=certainty",
    "language": "/?view=all&language=ru",
    "path of all": "/?section=/articles/",
    "path of 1 in 30": "/?view=all&section=/articles/7/",
    "path of 5 pages": "/?view=all&section=/rare/",
    "a page": f"/?view=all&page={ADDRESS}",
    "a week, certain": "/?view=all&since=2026-11-01&until=2026-11-07&sort=certainty",
    "a quarter, readers": "/?view=all&since=2026-07-01&until=2026-09-30&sort=readers",
    "5 readers": "/?readers=5",
    "evidence": "/?evidence=65",
    "a word of few": "/?view=all&q=zyzzyva",
    "a word of half": "/?view=all&q=council",
    "a word of 1 in 100": "/?view=all&q=word100&sort=certainty",
    "beginning of a word": "/?view=all&q=word1",
    "words of some": "/?q=word7+word1",
    "author and word": "/?view=all&author=Rare&q=council",
    "section, 5 readers": "/?view=all&section=Section+3&readers=5",
    "counts, section": "/counts?section=Section+3",
    "counts, a word": "/counts?q=council",
    "nothing new": "news",
}


@dataclass
class Newsroom:
    """A server with so many reports, and a browser that is logged in. ``asked``: seconds that its
    database took since it was last set to 0."""

    client: FlaskClient
    addresses: dict[str, str]
    asked: float = 0.0
    took: dict[str, list[float]] = field(default_factory=dict)
    asking: dict[str, list[float]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, app: Flask) -> Newsroom:
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        client.post("/login", data={"email": EMAIL, "password": PASSWORD})
        addresses = {
            **QUESTIONS,
            "all, 20th page": _twentieth(client),
            "nothing new": _news(client),
        }
        newsroom = cls(client, addresses)
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", newsroom.begin)
            event.listen(db.engine, "after_cursor_execute", newsroom.end)
        return newsroom

    def begin(self, *_: Any) -> None:
        self.asked -= time.perf_counter()

    def end(self, *_: Any) -> None:
        self.asked += time.perf_counter()

    def ask(self, name: str) -> None:
        self.asked = 0.0
        begin = time.perf_counter()
        answer = self.client.get(self.addresses[name])
        self.took.setdefault(name, []).append((time.perf_counter() - begin) * 1000)
        self.asking.setdefault(name, []).append(self.asked * 1000)
        assert answer.status_code in (200, 204), (name, answer.status_code)
        self.rows[name] = answer.text.count('<li class="row')


def _twentieth(client: FlaskClient) -> str:
    """The address of the 20th page of all reports."""
    address = "/?view=all"
    for _ in range(19):
        following = client.get(address).text.split('" rel="next"')[0].rpartition('href="')[2]
        address = following.replace("&amp;", "&")
    return address


def _news(client: FlaskClient) -> str:
    return client.get("/").text.split('data-ask="')[1].split('"')[0].replace("&amp;", "&")


@contextmanager
def databases(folder: Path, kind: str, sizes: tuple[int, int]) -> Iterator[list[str]]:
    """The addresses of a database for each size; empty for SQLite's own file."""
    if kind == "sqlite":
        yield ["", ""]
        return
    initdb = find_initdb()
    if initdb is None:
        raise SystemExit(MISSING)
    with postgresql_server(initdb, folder / kind) as server:
        # What a power cut would take is filled again.
        options = ("fsync = off", "max_wal_size = '4GB'", "maintenance_work_mem = '256MB'")
        _run(server.url, *(f"ALTER SYSTEM SET {each}" for each in options))
        _run(server.url, "SELECT pg_reload_conf()")
        names = [f"reports_{size}" for size in sizes]
        known = _run(server.url, "SELECT datname FROM pg_database")
        _run(server.url, *(f"CREATE DATABASE {each}" for each in names if each not in known))
        yield [f"{server.url.rpartition('/')[0]}/{each}" for each in names]


def _run(url: str, *statements: str) -> list[Any]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    found: list[Any] = []
    with engine.connect() as connection:
        for each in statements:
            answer = connection.execute(text(each))
            found = [*answer.scalars()] if answer.returns_rows else []
    engine.dispose()
    return found


def newsroom(folder: Path, size: int, url: str) -> Newsroom:
    settings = Settings(
        mode="development",
        secret_key="of the benchmark alone, and long enough",
        data_dir=folder / str(size),
        database_url=url,
        login_limit="1000/minute",
    )
    app = create_app(settings)
    with app.app_context():
        upgrade_schema()
        with db.engine.connect() as connection:
            filled = connection.scalar(text("SELECT max(id) FROM report"))
        if filled not in (None, size):
            raise SystemExit(f"{folder} was left half filled: remove it")
        if filled is None:
            begin = time.perf_counter()
            with db.engine.connect() as connection:
                fill(connection, size)
            took = time.perf_counter() - begin
            print(f"{size:,} reports written in {took:.0f} s", file=sys.stderr)
        db.session.remove()
    return Newsroom.of(app)


def measure(folder: Path, kind: str, sizes: tuple[int, int]) -> None:
    with databases(folder, kind, sizes) as urls:
        both = [newsroom(folder, *each) for each in zip(sizes, urls, strict=True)]
        for name in QUESTIONS:
            # In turns, so that whatever else the machine does hits both.
            for _ in range(REPEATS):
                for each in both:
                    each.ask(name)
        print(f"{kind}; milliseconds, median of {REPEATS}: of the page (reports in it; database)\n")
        print(f"{'':22}" + "".join(f"{size:>26,}" for size in sizes) + "   ratio")
        for name in QUESTIONS:
            figures = [statistics.median(each.took[name]) for each in both]
            cells = [
                f"{figure:14.1f} ({each.rows[name]:2}; {statistics.median(each.asking[name]):5.1f})"
                for figure, each in zip(figures, both, strict=True)
            ]
            print(f"{name:22}" + "".join(cells) + f"{figures[1] / figures[0]:8.1f}", flush=True)
        print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        for kind in [options.only] if options.only else ["sqlite", "postgresql"]:
            measure(folder, kind, (options.few, options.many))


if __name__ == "__main__":
    main()
