"""Send what is owed.

Two threads share a batch: this one claims, writes messages and marks what became of them, the
other sends (see :mod:`server.notify.line`). So a message is written while the mail server thinks
about the one before it, and one transaction marks all that ended meanwhile: with a slow server
each message by itself, right after its "250".
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, joinedload

from server.config import Settings
from server.database import write_with_retry
from server.extensions import db, settings_of
from server.models import Attempt, Delivery, Report
from server.notify import breaker, outbox
from server.notify import outcome as marks
from server.notify.channels import TRANSPORTS, Prepared, Transport
from server.notify.failure import SendingError
from server.notify.line import Line, Outcome, tell_broken
from server.text.mailbox import without_addresses

log = logging.getLogger(__name__)

# One connection serves at most this many messages, then another worker gets its turn.
BATCH = 50
# Claimed and not yet marked: what a killed worker leaves in doubt. Enough to keep the line busy.
IN_HAND = 10
CLAIM_AT_LEAST = IN_HAND // 2
# Room for rendering, for the database, and for clocks of several machines that disagree.
LEASE_MARGIN_SECONDS = 15.0
# Leases are renewed this often, so that what is left of them always covers one message.
RENEW_SECONDS = LEASE_MARGIN_SECONDS / 3


def lease_of(settings: Settings, channel: str = "mail") -> timedelta:
    """How long a claim lasts without being renewed: longer than one message can take."""
    return timedelta(seconds=TRANSPORTS[channel].time_limit(settings) + LEASE_MARGIN_SECONDS)


def deliver_due(
    limit: int = BATCH,
    stopping: Callable[[], bool] = lambda: False,
    channels: Iterable[str] = tuple(TRANSPORTS),
) -> int:
    """Send or keep what is due, up to ``limit`` messages of each channel. Returns how many of the
    fullest were handled: with ``limit`` there may be more.

    A channel's batch ends early where the others would fail alike, and between two messages when
    ``stopping`` says so.
    """
    settings = settings_of()
    return max(
        _Batch(channel, TRANSPORTS[channel](current_app, settings), settings).deliver(
            limit, stopping
        )
        for channel in channels
    )


class _Batch:
    """The due deliveries of one channel."""

    def __init__(self, channel: str, transport: Transport, settings: Settings) -> None:
        self.channel = channel
        self.transport = transport
        self.lease = lease_of(settings, channel)
        self.time_limit = transport.time_limit(settings)
        self.token = outbox.new_token()
        # By id, what was claimed and is not marked yet.
        self.in_hand: dict[int, Prepared] = {}
        # By recipient, in this batch.
        self.turns: Counter[str] = Counter()
        self.claimed = 0
        self.handled = 0
        self.ours_until = 0.0
        self.renewed_at = 0.0
        # Whether what waits for the server was told that it is there.
        self.awake = False

    def deliver(self, limit: int, stopping: Callable[[], bool]) -> int:
        found = self._turn([], min(IN_HAND, limit))
        if not found:
            return 0
        line = Line(self.transport, self.time_limit, stopping)
        try:
            while found or self.in_hand:
                line.ours_until = self.ours_until
                outcomes = self._write(found, line)
                if self.in_hand:
                    outcomes += line.outcomes(0 if outcomes else RENEW_SECONDS)
                room = IN_HAND - len(self.in_hand) + len(outcomes)
                # Asking for more costs as much as marking: not for one place alone.
                wanted = min(room, limit - self.claimed) if room >= CLAIM_AT_LEAST else 0
                found = self._turn(outcomes, 0 if line.halted else wanted)
        finally:
            line.close()
            # What ended while something failed here.
            if self.in_hand:
                self._turn(line.outcomes(0), 0)
        return self.handled

    def _write(self, found: Sequence[Delivery], line: Line) -> list[Outcome]:
        """Hand the claimed deliveries over; those that cannot become messages fail alone."""
        broken = []
        self.transport.expect(found)
        for delivery in found:
            try:
                prepared = self.transport.prepare(delivery)
            except SQLAlchemyError:
                # The database's trouble, not the message's: the lease runs out, and it is due.
                raise
            except SendingError as failure:
                prepared = Prepared.of(delivery)
                broken.append(Outcome(prepared, failure=failure))
            except Exception as error:
                prepared = Prepared.of(delivery)
                tell_broken(prepared, error, "cannot be made into a message")
                broken.append(Outcome(prepared, broken=error))
            else:
                line.put(prepared)
            self.in_hand[delivery.id] = prepared
        # No transaction stays open while a server thinks.
        db.session.rollback()
        return broken

    def _turn(self, outcomes: Sequence[Outcome], wanted: int) -> Sequence[Delivery]:
        """One transaction: mark what ended, renew what is still in hand, claim more."""
        begun = time.monotonic()
        due_for_renewal = begun - self.renewed_at >= RENEW_SECONDS
        if not outcomes and wanted <= 0 and not due_for_renewal:
            return []
        ended = {outcome.prepared.delivery_id for outcome in outcomes}

        def work(session: Session) -> Sequence[int]:
            for outcome in outcomes:
                if not outcome.receipt:
                    self._mark(session, outcome)
                if self.transport.logs_attempts and outcome.tried:
                    session.add(_attempt(outcome))
            self._mark_done(session, outcomes)
            if due_for_renewal:
                remaining = [each for each in self.in_hand if each not in ended]
                outbox.renew(session, remaining, self.token, self.lease)
            if wanted <= 0:
                return []
            return outbox.claim_due(
                session,
                self.lease,
                channel=self.channel,
                limit=wanted,
                token=self.token,
                passing_by=self._had_their_turn(),
            )

        claimed = write_with_retry(work)
        for outcome in outcomes:
            self.in_hand.pop(outcome.prepared.delivery_id, None)
            # What was not tried is owed as before.
            self.handled += outcome.tried
        found = self._load(claimed)
        self.claimed += len(claimed)
        self.turns.update(each.recipient for each in found)
        if due_for_renewal or not self.in_hand:
            self.renewed_at = begun
            self.ours_until = begun + self.lease.total_seconds()
        return found

    def _had_their_turn(self) -> list[str]:
        """Where each recipient is a server of its own, a flood for one that is slow must not keep
        the others waiting until all of it is sent."""
        if self.transport.server:
            return []
        return [name for name, count in self.turns.items() if count >= CLAIM_AT_LEAST]

    def _load(self, claimed: Sequence[int]) -> Sequence[Delivery]:
        if not claimed:
            return []
        found = db.session.scalars(
            select(Delivery)
            .where(Delivery.id.in_(claimed))
            .options(
                joinedload(Delivery.report).joinedload(Report.page),
                joinedload(Delivery.site),
                joinedload(Delivery.event),
            )
            .execution_options(populate_existing=True)
        ).all()
        return sorted(found, key=lambda delivery: claimed.index(delivery.id))

    def _mark_done(self, session: Session, outcomes: Sequence[Outcome]) -> None:
        receipts = [(each.prepared, each.receipt) for each in outcomes if each.receipt]
        for state in {receipt.state for _, receipt in receipts}:
            done = [prepared for prepared, receipt in receipts if receipt.state == state]
            ended = {prepared.delivery_id: prepared.content for prepared in done}
            if not marks.settle_all(session, self.token, state, ended):
                log.warning("of deliveries %s one was taken over by another worker", list(ended))
            if state == "sent":
                # Whose last word it was: what was refused after it counts.
                last = {each.prepared.recipient: each for each in outcomes if each.tried}
                accepted = {name for name, each in last.items() if each.receipt}
                breaker.accepted(session, self.channel, accepted)
                if self.transport.server and not self.awake:
                    outbox.wake(session, self.channel, self.transport.server)
                    self.awake = True

    def _mark(self, session: Session, outcome: Outcome) -> None:
        prepared, failure, words = outcome.prepared, outcome.failure, _words(outcome)
        claim = (prepared.delivery_id, self.token)
        if failure is not None:
            log.warning("delivery %s: %s", prepared.delivery_id, words)
            if failure.refused:
                breaker.refused(session, self.channel, prepared.recipient, words)
        if outcome.broken is not None:
            ours = marks.settle(
                session, *claim, state="failed", error=words, content=prepared.content
            )
        elif failure is None:
            ours = outbox.release(session, *claim)
        elif failure.permanent:
            ours = marks.settle(
                session, *claim, state="failed", error=words, content=prepared.content
            )
        else:
            ours = marks.postpone(
                session,
                *claim,
                error=words,
                content=prepared.content,
                perhaps_sent=failure.perhaps_sent,
                wait=timedelta(seconds=failure.wait),
            )
        if not ours:
            log.warning("delivery %s was taken over by another worker", prepared.delivery_id)


def _words(outcome: Outcome) -> str:
    """What a server, or the system, said; without the address of a reader, which servers repeat."""
    broken = outcome.broken
    words = f"not a message: {broken!r}" if broken is not None else str(outcome.failure or "")
    return without_addresses(words) if outcome.prepared.private else words


def _attempt(outcome: Outcome) -> Attempt:
    said = outcome.receipt or outcome.failure
    return Attempt(
        delivery_id=outcome.prepared.delivery_id,
        milliseconds=outcome.milliseconds,
        status=said.status if said else None,
        answer=(said.answer if said else "") or str(outcome.failure or outcome.broken or ""),
    )
