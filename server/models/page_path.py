"""The path of a page's address, as an index holds it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

# An address can outgrow an index entry; what is looked for is no longer than this.
MAX_PATH = 200


class path_of(GenericFunction[str]):  # noqa: N801  # a function of the database
    """From the slash behind the host, to MAX_PATH characters. Compared by code points on every
    database, so that all that begins alike stands together."""

    type = String()
    inherit_cache = True


@compiles(path_of, "sqlite")
def _of_sqlite(element: path_of, compiler: Any, **options: Any) -> str:
    return _spelled("substr({0}, 8 + instr(substr({0}, 9), '/'), {1})", element, compiler, options)


@compiles(path_of, "postgresql")
def _of_postgresql(element: path_of, compiler: Any, **options: Any) -> str:
    spelling = "(substr({0}, 8 + strpos(substr({0}, 9), '/'), {1}) COLLATE \"C\")"
    return _spelled(spelling, element, compiler, options)


def _spelled(spelling: str, element: path_of, compiler: Any, options: Any) -> str:
    address: ColumnElement[str] = next(iter(element.clauses))
    return spelling.format(compiler.process(address, **options), MAX_PATH)
