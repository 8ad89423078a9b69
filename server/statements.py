"""Statements for many rows that are made once, and travel together.

On PostgreSQL what is sent together is one message (libpq's pipeline mode): a transaction waits for
its server once, not once for each statement. SQLAlchemy would ask for one answer after the other,
and work through each row's parameters again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

Row = Mapping[str, Any]
Process = Callable[[Any], Any] | None
# So many rows are asked for at once on SQLite, or so many, that there are few different statements.
_LENGTHS = (1, 2, 4, 8, 16, 32, 64)

# A plan is made once and kept. While a table is small, to read all of it costs least.
_BY_INDEX = (
    "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)"
)
_SORTING = "SET LOCAL enable_sort = on"


class Statements:
    """Statements of one transaction, sent together, in order. ``by_index``: PostgreSQL finds their
    rows by indexes alone, in the order of these; and rows by indexes until the transaction ends."""

    def __init__(self, connection: Connection, *, by_index: bool = False) -> None:
        self.dialect = connection.dialect
        self._by_index = by_index
        self._connection = connection
        self._waiting: list[tuple[str, Sequence[Any], bool]] = []

    @property
    def on_postgresql(self) -> bool:
        return self.dialect.name == "postgresql"

    def add(self, statement: str, values: Sequence[Any], *, many: bool = False) -> None:
        """In the driver's own words. ``many``: once for each of the values."""
        self._waiting.append((statement, values, many))

    def send(self) -> list[Sequence[Any]]:
        """The rows that each gives; none where it gives nothing. Raises DBAPIError as SQLAlchemy
        does, for the first that failed; the transaction is then to be rolled back."""
        waiting, self._waiting = self._waiting, []
        driver: Any = self._connection.connection.dbapi_connection
        try:
            if not self.on_postgresql:
                return [_run(driver.cursor(), *each).fetchall() for each in waiting]
            with driver.pipeline() if len(waiting) > 1 else nullcontext():
                if self._by_index:
                    driver.execute(_BY_INDEX)
                cursors = [_run(driver.cursor(), *each) for each in waiting]
                if self._by_index:
                    driver.execute(_SORTING)
            return [cursor.fetchall() if cursor.description else () for cursor in cursors]
        except Exception as error:
            raise self._in_words_of_sqlalchemy(error, driver) from error

    def run(self) -> None:
        """As :meth:`send`, for statements that give nothing and change different rows. On
        PostgreSQL they are parts of one, which costs less than as many; references between their
        rows are checked at its end."""
        if self.on_postgresql and len(self._waiting) > 1:
            parts = (f"part{at} AS ({each[0]})" for at, each in enumerate(self._waiting))
            values = [value for each in self._waiting for value in each[1]]
            self._waiting = [(f"WITH {', '.join(parts)} SELECT 1", values, False)]
        self.send()

    def _in_words_of_sqlalchemy(self, error: Exception, driver: Any) -> BaseException:
        base = self.dialect.loaded_dbapi.Error
        if not isinstance(error, base):
            return error
        gone = self.dialect.is_disconnect(error, driver, None)
        if gone:
            self._connection.invalidate(error)
        # What readers wrote belongs in no log.
        return DBAPIError.instance(
            None, None, error, base, hide_parameters=True, connection_invalidated=gone
        )


def _run(cursor: Any, statement: str, values: Sequence[Any], many: bool) -> Any:
    if many:
        cursor.executemany(statement, values)
    else:
        cursor.execute(statement, values)
    return cursor


@dataclass(frozen=True)
class Lookup:
    """The rows of a table whose ``column`` has a value that is asked for, or was looked up before:
    one row of those that fit the ``condition``, or the ``newest``, so many by id, newest first.
    ``lock``: what locks them, where the database locks rows.

    There is an index of the condition's columns, this column and, for the newest, the id."""

    table: str
    column: str
    value: str
    condition: str = "true"
    newest: int = 0
    lock: str = ""

    def on_postgresql(self) -> str:
        # For each that is asked, whatever a plan for all of them would be.
        column = f"{self.table}.{self.column}"
        # Of an order that only the right index has. What is equal has no order.
        equal = f"{self.condition} AND {column} >= {self.value} AND {column} <= {self.value}"
        first = (
            f"{column} DESC, id DESC LIMIT {self.newest}" if self.newest else f"{column} LIMIT 1"
        )
        found = f"SELECT * FROM {self.table} WHERE {equal} ORDER BY {first} {self.lock}"  # noqa: S608 - names of tables
        return f"CROSS JOIN LATERAL ({found}) AS {self.table}"

    def on_sqlite(self) -> str:
        # CROSS: in this order.
        equal = f"{self.condition} AND {self.table}.{self.column} = {self.value}"
        joined = f"CROSS JOIN {self.table} ON {equal}"
        if not self.newest:
            return joined
        alike = equal.replace(f"{self.table}.", "newer.")
        oldest = (
            f"SELECT newer.id FROM {self.table} AS newer WHERE {alike}"  # noqa: S608 - names of tables
            f" ORDER BY newer.id DESC LIMIT 1 OFFSET {self.newest - 1}"
        )
        return f"{joined} AND {self.table}.id >= coalesce(({oldest}), 0)"


class BulkSelect:
    """Selects ``columns`` for many rows that are asked for at once: ``asked`` are columns that
    each of these has, which the lookups know as ``asked.name``."""

    def __init__(
        self, columns: Sequence[Column[Any]], asked: Sequence[Column[Any]], *lookups: Lookup
    ) -> None:
        self._columns = columns
        self._asked = asked
        self._lookups = lookups
        self._processes = lru_cache(maxsize=4)(self._made_processes)
        self._for_postgresql = lru_cache(maxsize=4)(self._made_for_postgresql)
        self._for_sqlite = lru_cache(maxsize=16)(self._made_for_sqlite)

    def add(self, statements: Statements, rows: Collection[tuple[Any, ...]]) -> None:
        """Ask for these rows, at least one; they are locked in order."""
        statements.add(*self.statement(statements.dialect, rows))

    def statement(
        self, dialect: Dialect, rows: Collection[tuple[Any, ...]]
    ) -> tuple[str, list[Any]]:
        """What asks for these rows, in the driver's own words, and its values."""
        asked = sorted(rows)
        if dialect.name == "postgresql":
            return self._for_postgresql(dialect), [list(each) for each in zip(*asked, strict=True)]
        length = next((length for length in _LENGTHS if length >= len(asked)), len(asked))
        # What is asked twice is found once: no row is the same as none.
        nothing = (None,) * len(self._asked)
        asked += [nothing] * (length - len(asked))
        return self._for_sqlite(length), [value for row in asked for value in row]

    def rows(self, statements: Statements, found: Sequence[Any]) -> list[tuple[Any, ...]]:
        """What was found, as SQLAlchemy would give it."""
        processes = self._processes(statements.dialect)
        return [
            tuple(
                value if process is None else process(value)
                for value, process in zip(row, processes, strict=True)
            )
            for row in found
        ]

    def _selected(self) -> str:
        return ", ".join(f'{column.table.name}."{column.name}"' for column in self._columns)

    def _made_for_postgresql(self, dialect: Dialect) -> str:
        kinds = ", ".join(f"%s::{column.type.compile(dialect)}[]" for column in self._asked)
        names = ", ".join(column.name for column in self._asked)
        joined = " ".join(lookup.on_postgresql() for lookup in self._lookups)
        return f"SELECT {self._selected()} FROM unnest({kinds}) AS asked ({names}) {joined}"  # noqa: S608 - names of columns

    def _made_for_sqlite(self, length: int) -> str:
        row = f"({', '.join('?' * len(self._asked))})"
        names = ", ".join(column.name for column in self._asked)
        joined = " ".join(lookup.on_sqlite() for lookup in self._lookups)
        newest = next((f"{it.table}.id DESC" for it in self._lookups if it.newest), "")
        order = f" ORDER BY {newest}" if newest else ""
        asked = f"WITH asked ({names}) AS (VALUES {', '.join([row] * length)})"
        return f"{asked} SELECT {self._selected()} FROM asked {joined}{order}"  # noqa: S608 - names of columns

    def _made_processes(self, dialect: Dialect) -> list[Process]:
        kinds = (column.type.dialect_impl(dialect) for column in self._columns)
        return [kind.result_processor(dialect, None) for kind in kinds]


class _Written:
    """What INSERT and UPDATE of some of a table's columns have in common. On PostgreSQL the rows
    travel as one JSON document, so that the statement is the same for any number of them."""

    def __init__(self, table: Table, *columns: str) -> None:
        self._table = table
        self._columns = columns
        self._taken = itemgetter(*columns)
        self._document = lru_cache(maxsize=4)(self._made_document)
        self._processes = lru_cache(maxsize=4)(self._made_processes)

    def _values(self, dialect: Dialect, row: Row) -> list[Any]:
        values = list(self._taken(row))
        for at, process in self._processes(dialect):
            values[at] = process(values[at])
        return values

    def _made_document(self, dialect: Dialect) -> str:
        kinds = ((name, self._table.c[name].type.compile(dialect)) for name in self._columns)
        said = ", ".join(f'"{name}" {kind}' for name, kind in kinds)
        return f"json_to_recordset(%s::json) AS said ({said})"

    def _made_processes(self, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
        """What a column's values go through, by its place; many go as they are."""
        kinds = (self._table.c[name].type.dialect_impl(dialect) for name in self._columns)
        made = enumerate(kind.bind_processor(dialect) for kind in kinds)
        return [
            (at, _once(process) if self._columns[at].endswith("_at") else process)
            for at, process in made
            if process is not None
        ]


class BulkInsert(_Written):
    """Inserts rows that all have ``columns``. What a row leaves out is for the database's own
    defaults. ``returning``: what is to be given of each, in no certain order."""

    def __init__(self, table: Table, *columns: str, returning: str = "") -> None:
        super().__init__(table, *columns)
        names = ", ".join(f'"{name}"' for name in columns)
        self._into = f'INSERT INTO "{table.name}" ({names})'
        self._returning = f" RETURNING {returning}" if returning else ""
        self._marks = lru_cache(maxsize=128)(self._made_marks)

    def add(self, statements: Statements, rows: Sequence[Row]) -> None:
        """Nothing where there are no rows."""
        if not rows:
            return
        if statements.on_postgresql:
            source = self._document(statements.dialect)
            text = f"{self._into} SELECT said.* FROM {source}{self._returning}"  # noqa: S608 - names of columns
            statements.add(text, (_as_json(rows),))
            return
        values = [value for row in rows for value in self._values(statements.dialect, row)]
        statements.add(self._marks(len(rows)), values)

    def _made_marks(self, rows: int) -> str:
        row = f"({', '.join('?' * len(self._columns))})"
        return f"{self._into} VALUES {', '.join([row] * rows)}{self._returning}"


class BulkUpdate(_Written):
    """Sets ``columns`` of the rows with these ids, which are locked; ``id`` is in each."""

    def __init__(self, table: Table, *columns: str) -> None:
        super().__init__(table, *columns, "id")
        self._set = columns

    def add(self, statements: Statements, rows: Sequence[Row]) -> None:
        """Nothing where there are no rows."""
        if not rows:
            return
        table = self._table.name
        if statements.on_postgresql:
            changed = ", ".join(f'"{name}" = said."{name}"' for name in self._set)
            source = self._document(statements.dialect)
            # Each by its id, as with a lookup, and then by where it lies.
            at = f'(SELECT ctid FROM "{table}" WHERE id = said.id OFFSET 0) AS found'  # noqa: S608 - names of tables
            text = (
                f'UPDATE "{table}" SET {changed} FROM {source} CROSS JOIN LATERAL {at}'  # noqa: S608 - names of columns
                f' WHERE "{table}".ctid = found.ctid'
            )
            statements.add(text, (_as_json(rows),))
            return
        changed = ", ".join(f'"{name}" = ?' for name in self._set)
        values = [self._values(statements.dialect, row) for row in rows]
        statements.add(f'UPDATE "{table}" SET {changed} WHERE id = ?', values, many=True)  # noqa: S608 - names of columns


def _once(process: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What is written together happened at the same moment."""
    return lru_cache(maxsize=16)(process)


def _as_json(rows: Sequence[Row]) -> str:
    return json.dumps(rows, default=_in_words)


def _in_words(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    return rf"\x{value.hex()}" if isinstance(value, bytes) else str(value)
