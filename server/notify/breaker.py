"""A recipient that refuses again and again is left alone for a while.

After :data:`REFUSALS` in a row its deliveries are held: they stay owed, and are not tried. When a
wait of :data:`PROBES` is over, one of them is; where it is accepted all others follow, where it is
refused the next wait begins. What has been held for :data:`HELD_AT_MOST` fails, and can be sent
again like everything that failed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Select, case, delete, select, update
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Breaker, Delivery

REFUSALS = 5
PROBES = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 240, 720, 1440))
# As long as the schedule of a delivery that is tried.
HELD_AT_MOST = timedelta(days=2)


def refused(session: Session, channel: str, recipient: str, words: str) -> None:
    """Count a refusal. Two workers that count the first one at once: IntegrityError, try again."""
    row = session.scalar(_rows(channel, [recipient]).with_for_update())
    if row is None:
        row = Breaker(channel=channel, recipient=recipient, refusals=0)
        session.add(row)
    row.refusals += 1
    row.last_error = words
    if row.refusals >= REFUSALS:
        wait = PROBES[min(row.refusals - REFUSALS, len(PROBES) - 1)]
        row.held_since = row.held_since or now()
        row.probe_at = now() + wait
        _give_up(session, row)
    session.flush()


def accepted(session: Session, channel: str, recipients: Collection[str]) -> None:
    """Forget former refusals: what was held is due."""
    session.execute(
        delete(Breaker)
        .where(Breaker.channel == channel, Breaker.recipient.in_(recipients))
        .execution_options(synchronize_session=False)
    )


def one_probe_each(
    session: Session, channel: str, found: Sequence[tuple[int, str]], lease: timedelta
) -> list[int]:
    """Of due deliveries (id, recipient) those to be tried: of a recipient that is held only the
    first, and only where no other worker is probing."""
    waiting = session.scalars(
        _rows(channel, {recipient for _, recipient in found}).where(Breaker.probe_at.is_not(None))
    ).all()
    chosen: dict[str, int | None] = {row.recipient: None for row in waiting}
    for row in waiting:
        # Should this worker die, another one probes when the claim has run out.
        won = session.execute(
            update(Breaker)
            .where(Breaker.id == row.id, Breaker.probe_at == row.probe_at)
            .values(probe_at=now() + lease)
            .execution_options(synchronize_session=False)
            .returning(Breaker.id)
        ).all()
        if won:
            chosen[row.recipient] = next(each for each, name in found if name == row.recipient)
    return [each for each, name in found if chosen.get(name, each) == each]


def probe_now(session: Session, delivery: Delivery) -> bool:
    """Let a held recipient be tried at once. False where it is not held."""
    changed = session.execute(
        update(Breaker)
        .where(
            Breaker.channel == delivery.channel,
            Breaker.recipient == delivery.recipient,
            Breaker.probe_at > now(),
        )
        .values(probe_at=now())
        .returning(Breaker.id)
    ).all()
    return bool(changed)


def held_among(session: Session, deliveries: Iterable[Delivery]) -> dict[int, Breaker]:
    """Of some deliveries those that are held, by id, and by what."""
    queued = [each for each in deliveries if each.state == "queued"]
    rows = session.scalars(
        select(Breaker).where(
            Breaker.recipient.in_({each.recipient for each in queued}),
            Breaker.held_since.is_not(None),
        )
    ).all()
    by_recipient = {(row.channel, row.recipient): row for row in rows}
    return {
        each.id: by_recipient[each.channel, each.recipient]
        for each in queued
        if (each.channel, each.recipient) in by_recipient
    }


def _rows(channel: str, recipients: Collection[str]) -> Select[Breaker]:
    return (
        select(Breaker)
        .where(Breaker.channel == channel, Breaker.recipient.in_(recipients))
        .execution_options(populate_existing=True)
    )


def _give_up(session: Session, row: Breaker) -> None:
    session.execute(
        update(Delivery)
        .where(
            Delivery.channel == row.channel,
            Delivery.recipient == row.recipient,
            Delivery.state == "queued",
            Delivery.lease_token.is_(None),
            Delivery.due_at < now() - HELD_AT_MOST,
        )
        .values(
            state="failed",
            # Of a reader's address, which an editor may have as well, nothing is kept.
            last_error=case(
                (Delivery.kind == "thanks", "Held, as the recipient was refused."),
                else_=f"Held, as the recipient was refused: {row.last_error}",
            ),
        )
        .execution_options(synchronize_session=False)
    )
