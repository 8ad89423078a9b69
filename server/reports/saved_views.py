"""Views of the queue that an account keeps under a name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import SavedView, User

MAX_NAME = 60
MAX_VIEWS = 30


class NotSavedError(ValueError):
    """Why nothing was saved: ``reason`` is ``empty``, ``long``, ``taken`` or ``many``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def saved_views(session: Session, user: User) -> Sequence[SavedView]:
    """Those of an account, in the order in which they were saved."""
    return session.scalars(
        select(SavedView).where(SavedView.user_id == user.id).order_by(SavedView.id)
    ).all()


def own_view(session: Session, user: User, view_id: int) -> SavedView | None:
    return session.scalar(
        select(SavedView).where(SavedView.user_id == user.id, SavedView.id == view_id)
    )


def save(session: Session, user_id: int, name: str, address: str) -> SavedView:
    """Keep an address under a name that the account does not have yet. Raises NotSavedError."""
    _check(session, user_id, name)
    held = select(func.count()).where(SavedView.user_id == user_id)
    if (session.scalar(held) or 0) >= MAX_VIEWS:
        raise NotSavedError("many")
    view = SavedView(user_id=user_id, name=name, address=address)
    session.add(view)
    session.flush()
    return view


def rename(session: Session, view: SavedView, name: str) -> None:
    """Raises NotSavedError."""
    if name != view.name:
        _check(session, view.user_id, name)
        view.name = name
        session.flush()


def _check(session: Session, user_id: int, name: str) -> None:
    if not name or len(name) > MAX_NAME:
        raise NotSavedError("long" if name else "empty")
    taken = select(SavedView.id).where(SavedView.user_id == user_id, SavedView.name == name)
    if session.scalar(taken):
        raise NotSavedError("taken")
