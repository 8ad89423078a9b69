"""How fast the queue answers among few and among many: ``python benchmarks/editors_queue.py``.

It fills a database with 1,000 and another with 1,000,000 reports of three sites, and asks for pages
of the queue as an editor's browser does, without the network between: milliseconds of the server,
the median of several, and how many times as long they take among the many.

``--few``, ``--many``: how many reports. ``--postgresql``: on a PostgreSQL of its own, from the
machine's programs.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Table, insert, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from postgresql_server import MISSING, find_initdb, postgresql_cluster

from server import create_app
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Base
from server.schema import upgrade_schema
from server.sites import add_member, add_site, add_user
from server.text.address import address_hash
from server.text.page_identity import page_key
from server.text.words import searchable

EMAIL, PASSWORD = "editor@news.example", "a long password for benchmarks"
SITES = 3
REPORTS_A_PAGE = 5
CHUNK = 20_000
REPEATS = 15
NEWEST = datetime(2026, 11, 24, tzinfo=UTC)
WORDS = [f"word{number}" for number in range(5_000)]
STATUSES = ("open", "fixed", "rejected", "spam")
SHARES = (10, 60, 20, 10)

QUESTIONS = {
    "open": "/",
    "open, oldest": "/?sort=oldest",
    "open, certain": "/?sort=certainty",
    "open, readers": "/?sort=readers",
    "waiting, certain": "/?view=waiting&sort=certainty",
    "mine": "/?view=mine",
    "all": "/?view=all",
    "all, 20th page": "/?view=all&page-20",
    "author of 1 in 300": "/?view=all&author=Author+7",
    "author of 5 pages": "/?view=all&author=Rare",
    "rare author, readers": "/?view=all&author=Rare&sort=readers",
    "section": "/?section=Section+3&sort=certainty",
    "language": "/?view=all&language=ru",
    "path": "/?section=/articles/",
    "a page": "/?view=all&page=https://news.example/articles/1",
    "a week, certain": "/?view=all&since=2026-11-01&until=2026-11-07&sort=certainty",
    "5 readers": "/?readers=5",
    "evidence": "/?evidence=65",
    "a word of few": "/?view=all&q=zyzzyva",
    "a word of half": "/?view=all&q=council",
    "words of some": "/?q=word7+word1",
    "author and word": "/?view=all&author=Rare&q=council",
}


@dataclass(frozen=True)
class Sizes:
    few: int
    many: int


@contextmanager
def database(folder: Path, postgresql: bool) -> Iterator[str]:
    if not postgresql:
        yield ""
        return
    initdb = find_initdb()
    if initdb is None:
        raise SystemExit(MISSING)
    with postgresql_cluster(initdb) as url:
        yield url


def fill(app: Flask, count: int) -> None:
    """As many reports, over two years, with their pages, submissions left out."""
    upgrade_schema()
    with write_transaction() as session:
        user = add_user(session, EMAIL, PASSWORD)
        sites = [
            add_site(session, f"Site {n}", [f"https://{'news' if n == 0 else f'news{n}'}.example"])
            for n in range(SITES)
        ]
        for site in sites:
            add_member(session, user, site)
        user_id, site_ids = user.id, [site.id for site in sites]
    tables = Base.metadata.tables
    pages = max(count // REPORTS_A_PAGE, 10)
    chance = random.Random(7)
    with db.engine.connect().execution_options(write=True) as connection:
        write(connection, tables["page"], pages, lambda n: page(n, site_ids))
        write(
            connection,
            tables["report"],
            count,
            lambda n: report(n, pages, site_ids, user_id, count, chance),
        )
        write(connection, tables["report_words"], count, lambda n: words(n, chance))
        connection.commit()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def write(connection: Connection, table: Table, count: int, row: Any) -> None:
    for start in range(1, count + 1, CHUNK):
        rows = [row(number) for number in range(start, min(start + CHUNK, count + 1))]
        connection.execute(insert(table), rows)


def page(number: int, site_ids: list[int]) -> dict[str, Any]:
    url = f"https://news.example/articles/{number}"
    return {
        "id": number,
        "site_id": site_ids[number % SITES],
        "url": url,
        "url_hash": address_hash(page_key(url)),
        "title": f"Article {number}",
        "language": ("en", "en-GB", "ru")[number % 3],
        "author": "Ann Rare" if number <= REPORTS_A_PAGE else f"Author {number % 300}",
        "section": f"Section {number % 30}",
        "created_at": NEWEST,
    }


def report(
    number: int, pages: int, site_ids: list[int], user_id: int, count: int, chance: random.Random
) -> dict[str, Any]:
    place = number % pages + 1
    moment = NEWEST - timedelta(days=730) * ((count - number) / count)
    return {
        "id": number,
        "public_id": uuid.uuid4(),
        "site_id": site_ids[place % SITES],
        "page_id": place,
        "place_hash": uuid.uuid4().bytes * 2,
        "status": chance.choices(STATUSES, SHARES)[0],
        "version": 1,
        "exact": "recieve",
        "before": "The council has begun to ",
        "after": " letters asking for more.",
        "prefix": "",
        "suffix": "",
        "fragment": "",
        "suggestion": "receive",
        "readers": min(9, 1 + int(chance.expovariate(1))),
        "first_submitted_at": moment,
        "last_submitted_at": moment,
        "evaluated_at": moment,
        "score": chance.randint(0, 100),
        "assignee_id": user_id if chance.random() < 0.01 else None,
    }


def words(number: int, chance: random.Random) -> dict[str, Any]:
    found = [WORDS[int(chance.paretovariate(0.5)) % len(WORDS)] for _ in range(12)]
    found += ["council"] * (number % 2) + ["zyzzyva"] * (number % 50_000 == 7)
    return {"report_id": number, "words": searchable(" ".join(found))}


def log_in(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/login", data={"email": EMAIL, "password": PASSWORD})
    return client


def twentieth(client: FlaskClient) -> str:
    """The address of the 20th page of all reports."""
    address = "/?view=all"
    for _ in range(19):
        following = client.get(address).text.split('" rel="next"')[0].rpartition('href="')[2]
        address = following.replace("&amp;", "&")
    return address


def milliseconds(client: FlaskClient, address: str) -> float:
    took = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        answer = client.get(address)
        took.append((time.perf_counter() - begin) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    return statistics.median(took)


def measure(folder: Path, count: int, url: str) -> dict[str, float]:
    settings = Settings(
        mode="development",
        secret_key="of the benchmark alone, and long enough",
        data_dir=folder / str(count),
        database_url=url,
        login_limit="1000/minute",
    )
    app = create_app(settings)
    with app.app_context():
        begin = time.perf_counter()
        fill(app, count)
        print(f"{count:,} reports written in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
        db.session.remove()
    client = log_in(app)
    deep = twentieth(client)
    found = {
        name: milliseconds(client, deep if address.endswith("page-20") else address)
        for name, address in QUESTIONS.items()
    }
    ask = client.get("/").text.split('data-ask="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(ask).status_code == 204
    begin = time.perf_counter()
    for _ in range(REPEATS):
        client.get(ask)
    found["nothing new"] = (time.perf_counter() - begin) * 1000 / REPEATS
    with app.app_context():
        db.engine.dispose()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    sizes = Sizes(options.few, options.many)
    found = []
    for count in (sizes.few, sizes.many):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(database(folder, options.postgresql))
            found.append(measure(folder, count, url))
    kind = "PostgreSQL" if options.postgresql else "SQLite"
    print(f"{kind}; milliseconds, median of {REPEATS}\n")
    print(f"{'':22}{sizes.few:>11,}{sizes.many:>12,}   ratio")
    few, many = found
    for name in few:
        print(f"{name:22}{few[name]:11.1f}{many[name]:12.1f}{many[name] / few[name]:8.1f}")


if __name__ == "__main__":
    main()
