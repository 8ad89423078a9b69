"""What a question costs a database, and which indexes it takes: counted and named by the database
itself, never timed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from server.extensions import db

Ask = Callable[[], object]
_INDEX = re.compile(r"\bUSING (?:COVERING )?INDEX (\w+)")


def work_of(ask: Ask) -> int:
    """On PostgreSQL the rows that each step of a plan had in hand, on SQLite the steps of its
    machine."""
    return _steps(ask) if _on_sqlite() else _rows_read(ask)


def indexes_of(ask: Ask) -> set[str]:
    """The names of the indexes that the planner takes for whatever is asked."""
    found: set[str] = set()

    def note(connection: Connection, statement: str, parameters: Any) -> None:
        if _on_sqlite():
            lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.update(name for line in lines for name in _INDEX.findall(line[-1]))
        else:
            how = "EXPLAIN (FORMAT JSON)"
            [plan] = connection.exec_driver_sql(f"{how} {statement}", parameters).scalars()
            found.update(
                each["Index Name"] for each in _parts(plan[0]["Plan"]) if "Index Name" in each
            )

    with _each_question(note):
        ask()
    return found


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _steps(ask: Ask) -> int:
    driver: Any = db.session.connection().connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    steps = 0

    def stepped() -> None:
        nonlocal steps
        steps += 10

    driver.set_progress_handler(stepped, 10)
    ask()
    driver.set_progress_handler(None, 0)
    return steps


def _rows_read(ask: Ask) -> int:
    rows = 0

    def add(connection: Connection, statement: str, parameters: Any) -> None:
        nonlocal rows
        how = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
        [plan] = connection.exec_driver_sql(f"{how} {statement}", parameters).scalars()
        rows += sum(map(_read_by, _parts(plan[0]["Plan"])))

    with _each_question(add):
        ask()
    return rows


def _parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A step of a plan and those below it."""
    yield plan
    for each in plan.get("Plans", ()):
        yield from _parts(each)


def _read_by(step: dict[str, Any]) -> int:
    """The rows that a step read of a table or an index, those that it threw away too."""
    if not {"Relation Name", "Index Name"} & step.keys():
        return 0
    kinds = ("Actual Rows", *(name for name in step if name.startswith("Rows Removed")))
    return int(sum(step[each] for each in kinds) * step["Actual Loops"])


@contextmanager
def _each_question(told: Callable[[Connection, str, Any], None]) -> Iterator[None]:
    """Tell of each SELECT before the database is asked it."""
    telling = False

    def tell(connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        nonlocal telling
        if telling or not statement.startswith(("SELECT", "WITH")):
            return
        telling = True
        told(connection, statement, parameters)
        telling = False

    event.listen(db.engine, "before_cursor_execute", tell)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", tell)
