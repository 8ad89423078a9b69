"""INSERTs of many rows by one statement that is made once.

SQLAlchemy would work through each row's parameters again, and insert row by row where it must tell
which id is whose. What a row leaves out is for the database's own defaults.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table

Row = Mapping[str, Any]
Prepare = Callable[[Any], Any]


class BulkInsert:
    """Inserts rows that all have ``columns``. On PostgreSQL they travel as one JSON document, so
    that the statement is the same for any number of them; on SQLite as so many parameters."""

    def __init__(self, table: Table, *columns: str) -> None:
        self._table = table
        self._columns = columns
        names = ", ".join(f'"{name}"' for name in columns)
        self._into = f'INSERT INTO "{table.name}" ({names})'
        self._document = lru_cache(maxsize=4)(self._from_document)
        self._values = lru_cache(maxsize=128)(self._from_values)
        self._prepared = lru_cache(maxsize=4)(self._preparations)

    def write(self, connection: Connection, rows: Sequence[Row], *returning: str) -> Sequence[Any]:
        """What is ``returning`` of each, in no certain order; nothing where that is nothing."""
        if not rows:
            return ()
        dialect = connection.dialect
        values: tuple[Any, ...]
        if dialect.name == "postgresql":
            statement = self._document(dialect)
            values = (json.dumps(rows, default=_in_words),)
        else:
            prepared = self._prepared(dialect)
            statement = self._values(len(rows))
            values = tuple(
                value if prepare is None else prepare(value)
                for row in rows
                for value, prepare in ((row[name], prepare) for name, prepare in prepared)
            )
        if returning:
            statement = f"{statement} RETURNING {', '.join(returning)}"
        done = connection.exec_driver_sql(statement, values)
        return done.fetchall() if returning else ()

    def write_in_order(self, connection: Connection, rows: Sequence[Row]) -> Sequence[int]:
        """The ids of the rows, in their order: both databases number them as they come."""
        return sorted(row[0] for row in self.write(connection, rows, "id"))

    def _from_document(self, dialect: Dialect) -> str:
        kinds = ((name, self._table.c[name].type.compile(dialect)) for name in self._columns)
        said = ", ".join(f'"{name}" {kind}' for name, kind in kinds)
        # Names and types of our models alone.
        return f"{self._into} SELECT said.* FROM json_to_recordset(%s::json) AS said ({said})"  # noqa: S608 - names of columns

    def _from_values(self, rows: int) -> str:
        row = f"({', '.join('?' * len(self._columns))})"
        return f"{self._into} VALUES {', '.join([row] * rows)}"

    def _preparations(self, dialect: Dialect) -> list[tuple[str, Prepare | None]]:
        """How the driver wants each column's values."""
        types = ((name, self._table.c[name].type) for name in self._columns)
        return [(name, kind.dialect_impl(dialect).bind_processor(dialect)) for name, kind in types]


def _in_words(value: Any) -> str:
    """What JSON has no form for, as PostgreSQL reads it."""
    return rf"\x{value.hex()}" if isinstance(value, bytes) else str(value)
