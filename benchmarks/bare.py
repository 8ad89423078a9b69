"""The measure for ours: the least that Flask can do with a report. JSON in, one row, committed.

``BARE_DATABASE`` is an SQLite file or a PostgreSQL address. The driver is used directly, with one
connection for each thread.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import Any

import psycopg
from flask import Flask, request

DATABASE = os.environ["BARE_DATABASE"]
SQLITE = not DATABASE.startswith("postgresql")
TABLE = "CREATE TABLE IF NOT EXISTS report (id {} PRIMARY KEY, key TEXT NOT NULL, body TEXT)"
MARK = "?" if SQLITE else "%s"
INSERT = f"INSERT INTO report (key, body) VALUES ({MARK}, {MARK})"

app = Flask(__name__)
local = threading.local()


def connection() -> Any:
    if not hasattr(local, "connection"):
        local.connection = connect()
    return local.connection


def connect() -> Any:
    if not SQLITE:
        return psycopg.connect(DATABASE, autocommit=True)
    made = sqlite3.connect(DATABASE, isolation_level=None, timeout=5)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute(f"PRAGMA synchronous={os.environ.get('BARE_SYNCHRONOUS', 'FULL')}")
    return made


@app.post("/api/v1/submissions")
def submit() -> tuple[dict[str, str], int]:
    body = request.get_json(force=True)
    key = body["idempotency_key"]
    connection().execute(INSERT, (key, request.get_data(as_text=True)))
    return {"status": "new"}, 201


def make_table() -> None:
    kind = "INTEGER" if SQLITE else "BIGINT GENERATED ALWAYS AS IDENTITY"
    connect().execute(TABLE.format(kind))


if __name__ == "__main__":
    make_table()
