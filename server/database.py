"""How transactions run on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from server.extensions import db

BUSY_TIMEOUT_MS = 5_000
LOOK_AGAIN_SECONDS = 0.0005
# A connection that was used so lately is taken to be there.
PAUSE_SECONDS = 1
_RETURNED = "returned"
# A race is lost once against each kind of row at most: page, report, submission.
RACES = 4

T = TypeVar("T")

# Writers that wait inside SQLite poll with growing sleeps, which makes the slowest of them very
# slow. Waiting here instead is fair; other processes still meet at SQLite's own lock.
_write_lock = threading.RLock()


def prepare_engine(engine: Engine) -> None:
    """Set what every connection needs."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkin", _note_return)
        event.listen(engine, "checkout", partial(_ask_after_a_pause, engine.dialect))
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # To compile a query pays for long ones. Ours are short, also where the planner, who does not
    # know how soon a page is full, takes them for long.
    connection.execute("SET jit = off")
    connection.commit()


def _note_return(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_RETURNED] = time.monotonic()


def _ask_after_a_pause(
    dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Whether a connection that was not used for a while still stands; another is made where it
    does not. Asked each time, the question costs more than a report's own statements."""
    returned = record.info.get(_RETURNED)
    if returned is None or time.monotonic() - returned < PAUSE_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        # So have the others, as after a restart of the server.
        raise InvalidatePoolError from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction control would start transactions late and without IMMEDIATE.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        # A report that was answered with 201 must survive a power cut.
        "synchronous=FULL",
        "foreign_keys=ON",
        # In pages of 4 KiB. A checkpoint copies each page once, however often it was written.
        "wal_autocheckpoint=4000",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("write", False):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite itself would look again after growing pauses of up to 100 ms, in which a process that
    # writes all the time takes every turn.
    driver: Any = connection.connection.dbapi_connection
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while _is_busy(driver) and time.monotonic() < deadline:
            time.sleep(LOOK_AGAIN_SECONDS)
        if not driver.in_transaction:
            # Again, for the error in SQLAlchemy's words.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _is_busy(driver: Any) -> bool:
    """Try to begin a transaction that writes; True where another process has one."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return False


@contextmanager
def write_transaction() -> Iterator[Session]:
    """One short transaction that writes: committed at the end, rolled back on any exception.

    On SQLite it takes the write lock at its beginning: a transaction that reads first and writes
    later fails at once with "database is locked" when another writer came between, whatever the
    busy timeout.
    """
    session: Session = db.session()
    # A read transaction that is still open would keep its old snapshot and its deferred lock.
    session.rollback()
    with _write_lock if db.engine.dialect.name == "sqlite" else _no_lock():
        try:
            session.connection(execution_options={"write": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def release_connections() -> None:
    """End what this thread reads, and close the connections that are kept.

    To be called before a process begins to wait for as long as it lives. A transaction that it
    left open would keep SQLite from copying its log into the database: the log would grow without
    end, and each commit would go through all of it. Nor may a connection be on both sides of a
    fork.
    """
    db.session.remove()
    db.engine.dispose()


def is_writing(session: Session) -> bool:
    """Whether the session's transaction was begun as one that writes."""
    return bool(session.connection().get_execution_options().get("write", False))


def write_with_retry(work: Callable[[Session], T]) -> T:
    """Do ``work`` in a write transaction, again where it lost a race.

    On PostgreSQL two writers can both find no page and both insert it; the unique constraint
    lets one win, and the other, trying again, finds what the first wrote.
    """
    for _ in range(RACES):
        try:
            with write_transaction() as session:
                return work(session)
        except DBAPIError as error:
            if not _lost_a_race(error):
                raise
            lost = error
    raise lost


def write_again_where_gone(work: Callable[[Session], T]) -> T:
    """Do ``work`` in a write transaction; once more where the connection to the server had gone, as
    it may have before. What was committed all the same must do no harm when it comes again."""
    try:
        with write_transaction() as session:
            return work(session)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    # So have the others that are kept.
    db.engine.dispose()
    with write_transaction() as session:
        return work(session)


def is_out_of_order(error: BaseException) -> bool:
    """Whether the database itself is in trouble, so that trying again at once is of no use."""
    if isinstance(error, PoolTimeout):
        return True
    return isinstance(error, OperationalError) and not _lost_a_race(error)


def _lost_a_race(error: DBAPIError) -> bool:
    # PostgreSQL breaks a deadlock by failing one of those who wait (SQLSTATE class 40).
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return isinstance(error, IntegrityError) or state.startswith("40")


@contextmanager
def _no_lock() -> Iterator[None]:
    yield
