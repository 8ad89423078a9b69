"""What tests of services have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgresql_server import MISSING, find_initdb, postgresql_cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Empty for SQLite, and the address of a PostgreSQL of the test's own."""
    if request.param == "sqlite":
        yield ""
        return
    initdb = find_initdb()
    if initdb is None:
        pytest.skip(MISSING)
    with postgresql_cluster(initdb) as url:
        yield url
