"""A queue of very many reports, written by the database itself: a million in a minute or two.

Three sites; five reports to a page, over two years; no submissions. What is drawn by chance is the
same on each database and each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from server.database import write_transaction
from server.sites import add_member, add_site, add_user
from server.text.address import address_hash
from server.text.page_identity import page_key

EMAIL, PASSWORD = "editor@news.example", "a long password for many reports"
ORIGINS = ("https://news.example", "https://news1.example", "https://news2.example")
# Of the first page; its site is the first.
ADDRESS = f"{ORIGINS[0]}/rare/1"
NEWEST = datetime(2026, 11, 24, tzinfo=UTC)
REPORTS_A_PAGE = 5
SPAN_SECONDS = 730 * 86_400
CHUNK = 50_000
_PRIME = 2_147_483_647


def fill(connection: Connection, count: int) -> None:
    """Write ``count`` reports with their pages and words to an empty database that has its schema;
    PostgreSQL's is analysed, as it does by itself before long."""
    site_id, user_id = _site_and_user()
    connection.execution_options(write=True)
    spelling = _SPELLINGS[connection.dialect.name]
    pages = max(count // REPORTS_A_PAGE, 10)
    numbers = {"pages": pages, "count": count, "site": site_id, "user": user_id}
    with _without_indexes(connection):
        for insert, rows in ((_PAGES, pages), (_REPORTS, count), (_WORDS, count)):
            statement = text(_COUNTING + insert.format(**spelling))
            used = [*statement.compile().params]
            for first in range(1, rows + 1, CHUNK):
                stretch = {"first": first, "last": min(first + CHUNK - 1, rows), **numbers}
                connection.execute(statement, {name: stretch[name] for name in used})
    connection.execute(
        text("UPDATE page SET url_hash = :hash WHERE id = 1"),
        {"hash": address_hash(page_key(ADDRESS))},
    )
    connection.commit()
    if connection.dialect.name == "sqlite":
        # Outside of any transaction.
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        settled = connection.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with settled:
            settled.execute(text("VACUUM ANALYZE"))


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """They are made at the end, in half the time."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        # Nor does it look for what each row refers to.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        indexes = connection.execute(
            text(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(:tables) AND "
                "indexname LIKE 'ix!_%' ESCAPE '!'"
            ),
            {"tables": ["page", "report", "report_words"]},
        ).all()
    else:
        indexes = connection.execute(
            text(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND "
                "tbl_name IN ('page', 'report')"
            )
        ).all()
    for name, _ in indexes:
        connection.execute(text(f"DROP INDEX {name}"))
    yield
    for _, definition in indexes:
        connection.exec_driver_sql(definition)


def _site_and_user() -> tuple[int, int]:
    """The first site's id, which those of the others follow, and that of their one member."""
    with write_transaction() as session:
        user = add_user(session, EMAIL, PASSWORD)
        sites = [add_site(session, f"Site {n}", [origin]) for n, origin in enumerate(ORIGINS)]
        for site in sites:
            add_member(session, user, site)
        assert [site.id - sites[0].id for site in sites] == [0, 1, 2]
        return sites[0].id, user.id


def _draw(of: str, salt: int) -> str:
    """Evenly from 0 to a prime, of a number; another salt draws another."""
    mixed = f"(({of} * {48_271 + 2 * salt} + {salt * 1_013_904_223}) % {_PRIME})"
    return f"({mixed} * {mixed} % {_PRIME})"


def _below(limit: int, of: str, salt: int) -> str:
    return f"({_draw(of, salt)} % {limit})"


def _word(salt: int) -> str:
    """One of 5,000 words. The first stands in three of four reports, the last in one of 1,000."""
    share = _below(10_000, "n", salt)
    return f"'word' || CAST({share} * {share} * {share} * {share} / 2000000000000 AS TEXT)"


def _readers(salt: int) -> str:
    """From 1 to 7: of as many as have some number, one in three has more."""
    drawn = _below(1_000, "n", salt)
    more = [f"CASE WHEN {drawn} < {share} THEN 1 ELSE 0 END" for share in (368, 135, 50, 18, 7, 2)]
    return f"1 + {' + '.join(more)}"


_COUNTING = """
WITH RECURSIVE counting(n) AS (
    SELECT CAST(:first AS BIGINT) UNION ALL SELECT n + 1 FROM counting WHERE n < :last)
"""
_ORIGIN = " ".join(f"WHEN {n} THEN '{origin}'" for n, origin in enumerate(ORIGINS))
_PAGES = f"""
INSERT INTO page (id, site_id, url, url_hash, title, language, author, section, created_at)
SELECT n, :site + (n - 1) % 3,
    CASE (n - 1) % 3 {_ORIGIN} END || CASE WHEN n <= 5 THEN '/rare/' ELSE
        '/articles/' || CAST({_below(30, "n", 1)} AS TEXT) || '/' END || CAST(n AS TEXT),
    {{hash}}, 'Article ' || CAST(n AS TEXT),
    CASE {_below(3, "n", 2)} WHEN 0 THEN 'en' WHEN 1 THEN 'en-GB' ELSE 'ru' END,
    CASE WHEN n <= 5 THEN 'Ann Rare' ELSE 'Author ' || CAST({_below(300, "n", 3)} AS TEXT) END,
    'Section ' || CAST({_below(30, "n", 4)} AS TEXT), {{newest}}
FROM counting
"""
_REPORTS = f"""
INSERT INTO report (id, public_id, site_id, page_id, place_hash, status, version, exact, before,
    after, prefix, suffix, fragment, suggestion, readers, first_submitted_at, last_submitted_at,
    evaluated_at, score, assignee_id)
SELECT n, {{uuid}}, :site + (n % :pages) % 3, n % :pages + 1, {{hash}},
    CASE WHEN {_below(10, "n", 5)} = 0 THEN 'open' WHEN {_below(10, "n", 5)} = 1 THEN 'spam'
        WHEN {_below(10, "n", 5)} < 4 THEN 'rejected' ELSE 'fixed' END,
    1, 'recieve', 'The council has begun to ', ' letters asking for more.', '', '', '', 'receive',
    {_readers(6)}, {{moment}}, {{moment}}, {{moment}}, {_below(101, "n", 7)},
    CASE WHEN {_below(100, "n", 8)} = 0 THEN :user END
FROM counting
"""
_WORDS = f"""
INSERT INTO report_words (report_id, words)
SELECT n, {" || ' ' || ".join(_word(10 + salt) for salt in range(12))}
    || CASE WHEN n % 2 = 0 THEN ' council' ELSE '' END
    || CASE WHEN n % 50000 = 7 THEN ' zyzzyva' ELSE '' END
FROM counting
"""
_AGO = f"({SPAN_SECONDS} * (:count - n) / :count)"
_SPELLINGS = {
    "sqlite": {
        "hash": "CAST(printf('%032x', n) AS BLOB)",
        "uuid": "printf('%032x', n)",
        "newest": f"'{NEWEST:%Y-%m-%d %H:%M:%S.%f}'",
        "moment": f"strftime('%Y-%m-%d %H:%M:%f000', '{NEWEST:%Y-%m-%d}', "
        f"'-' || {_AGO} || ' seconds')",
    },
    "postgresql": {
        "hash": "decode(lpad(to_hex(n), 64, '0'), 'hex')",
        "uuid": "CAST(lpad(to_hex(n), 32, '0') AS UUID)",
        "newest": f"TIMESTAMPTZ '{NEWEST:%Y-%m-%d %H:%M:%S}+00'",
        "moment": f"TIMESTAMPTZ '{NEWEST:%Y-%m-%d %H:%M:%S}+00' - {_AGO} * INTERVAL '1 second'",
    },
}
