"""The audit log: who did what to sites, people and accounts."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from server.models import AuditEntry, Site, User

MAX_ACTION = 40
MAX_DETAIL = 500
_ACTION = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


def record(
    session: Session, action: str, *, actor: User | None, site: Site | None = None, detail: str = ""
) -> None:
    """Write one entry in the caller's transaction: it stands if, and only if, the act does.

    ``action``: its subject and what became of it, as ``member.invited`` or ``site.key_rotated``.
    ``actor``: None for the command line. ``site``: None for what concerns the actor's account
    alone. ``detail``: a few words, never a secret, never a reader's address. Raises ValueError for
    an action of another form.
    """
    if not _ACTION.fullmatch(action) or len(action) > MAX_ACTION:
        raise ValueError(f"no name of an action: {action!r}")
    session.add(
        AuditEntry(
            action=action,
            actor_id=actor.id if actor else None,
            site_id=site.id if site else None,
            detail=detail[:MAX_DETAIL],
        )
    )
    session.flush()
