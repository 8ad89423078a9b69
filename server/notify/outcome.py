"""What becomes of a claimed delivery: it was sent or kept, has failed, or is owed later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Base, Delivery
from server.notify.outbox import NO_CONTENT, change_claimed

# Waits after the 1st, 2nd … failed attempt; the last failure comes about two days after the first.
BACKOFF = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 720, 1200)
)
# A server may ask for more patience than the schedule has, but not for silence.
LONGEST_WAIT = timedelta(days=1)
_rows = Base.metadata.tables[Delivery.__tablename__]
_SETTLE = (
    update(_rows)
    .where(_rows.c.id == bindparam("row"), _rows.c.lease_token == bindparam("token"))
    .values(
        state=bindparam("new_state"),
        sent_at=bindparam("moment"),
        subject=bindparam("new_subject"),
        text=bindparam("new_text"),
        html=bindparam("new_html"),
        last_error="",
        lease_token=None,
        lease_until=None,
    )
)


def settle(
    session: Session,
    delivery_id: int,
    lease_token: str,
    *,
    state: str,
    error: str = "",
    content: Mapping[str, str] = NO_CONTENT,
    perhaps_sent: bool = False,
) -> bool:
    """Mark a claimed delivery ``sent``, ``kept`` or ``failed``; ``content`` (subject, text, html)
    is what was rendered.

    False where the lease is no longer ours: another worker has taken over, and its word counts.
    """
    values: dict[str, object] = {
        **_released(error, content, perhaps_sent),
        "state": state,
        "sent_at": now() if state == "sent" else None,
    }
    return change_claimed(session, delivery_id, lease_token, values)


def settle_all(
    session: Session, lease_token: str, state: str, ended: Mapping[int, Mapping[str, str]]
) -> bool:
    """The same for several at once, by id with their content. False where one of them is no
    longer ours."""
    moment = now() if state == "sent" else None
    done = session.execute(
        _SETTLE,
        [
            {
                "row": delivery_id,
                "token": lease_token,
                "new_state": state,
                "moment": moment,
                **{f"new_{name}": content.get(name, "") for name in ("subject", "text", "html")},
            }
            for delivery_id, content in ended.items()
        ],
    )
    return bool(done.rowcount == len(ended))  # type: ignore[attr-defined]  # an UPDATE has one


def postpone(
    session: Session,
    delivery_id: int,
    lease_token: str,
    *,
    error: str,
    content: Mapping[str, str] = NO_CONTENT,
    perhaps_sent: bool = False,
    wait: timedelta = timedelta(0),
) -> bool:
    """Owe it later, by the schedule, or after ``wait`` where that is longer (and at most a day);
    give it up as ``failed`` when the schedule is used up.

    False where the lease is no longer ours.
    """
    attempts = session.scalar(select(Delivery.attempts).where(Delivery.id == delivery_id)) or 1
    values = _released(error, content, perhaps_sent)
    if attempts > len(BACKOFF):
        values["state"] = "failed"
    else:
        values["due_at"] = now() + max(BACKOFF[attempts - 1], min(wait, LONGEST_WAIT))
    return change_claimed(session, delivery_id, lease_token, values)


def _released(error: str, content: Mapping[str, str], perhaps_sent: bool) -> dict[str, object]:
    """What every end of a claim writes. A mark as possible duplicate is never taken away."""
    marked = {"possible_duplicate": True} if perhaps_sent else {}
    return {"last_error": error, "lease_token": None, "lease_until": None, **content, **marked}
