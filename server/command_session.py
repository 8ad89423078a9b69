"""What all commands do around their work: the schema is asked for, bad input becomes the command's
error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from server.database import write_transaction
from server.extensions import db
from server.invalid import InvalidInput
from server.schema import require_current_schema


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction. Raises click.ClickException."""
    require_current_schema()
    try:
        with write_transaction() as session:
            yield session
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def reading() -> Iterator[Session]:
    """Raises click.ClickException."""
    require_current_schema()
    try:
        yield db.session()
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
