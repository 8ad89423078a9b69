"""Where the authors of a site's pages read mail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.invalid import InvalidInput
from server.language import gettext
from server.models import AuthorAddress
from server.notify.desk import valid_address
from server.text.matching import comparable

MAX_AUTHORS = 1_000


def authors_of(session: Session, site_id: int) -> Sequence[AuthorAddress]:
    """Whose address a site knows, by name."""
    return session.scalars(
        select(AuthorAddress)
        .where(AuthorAddress.site_id == site_id)
        .order_by(AuthorAddress.name_key)
    ).all()


def author_named(session: Session, site_id: int, public_id: uuid.UUID) -> AuthorAddress | None:
    """One of them."""
    return session.scalar(
        select(AuthorAddress).where(
            AuthorAddress.site_id == site_id, AuthorAddress.public_id == public_id
        )
    )


def author_called(session: Session, site_id: int, name: str) -> AuthorAddress:
    """One of them by the name, as it is compared. Raises InvalidInput where there is none."""
    found = session.scalar(
        select(AuthorAddress).where(
            AuthorAddress.site_id == site_id, AuthorAddress.name_key == comparable(name)
        )
    )
    if found is None:
        words = gettext("the site knows no address of %(author)s.", author=name)
        raise InvalidInput(f"name: {words}")
    return found


def add_author(session: Session, site_id: int, name: str, address: str) -> AuthorAddress:
    """Tell a site where an author reads mail, instead of what it knew before. Raises
    InvalidInput."""
    name, key = " ".join(name.split()), comparable(name)
    if not key or len(name) > 200 or len(key) > 400 or not name.isprintable():
        words = gettext("must have 1 to %(most)s printable characters.", most=200)
        raise InvalidInput(f"name: {words}")
    wanted = valid_address(address)
    known = authors_of(session, site_id)
    found = next((each for each in known if each.name_key == key), None)
    if found is None and len(known) >= MAX_AUTHORS:
        words = gettext("a site has at most %(most)s authors.", most=MAX_AUTHORS)
        raise InvalidInput(f"name: {words}")
    author = found or AuthorAddress(site_id=site_id, name_key=key)
    author.name, author.address = name, wanted
    session.add(author)
    session.flush()
    return author


def remove_author(session: Session, author: AuthorAddress) -> None:
    session.delete(author)
    session.flush()
