"""One action on many reports, each changed as if alone.

What is asked for stands in rows. A few reports are done within the request; of many a worker does
batch after batch, each in one transaction that holds the action's row: two workers never do the
same batch, and one that is killed leaves its batch undone for the next. A report that somebody
changed since it was asked for is skipped.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from server.clock import now
from server.database import write_transaction
from server.models import BulkAction, BulkItem, Report, User
from server.reports.assignment import assign
from server.reports.change import IllegalChange, StaleReport
from server.reports.membership import sites_to_act_on
from server.reports.page_locks import lock_pages_of
from server.reports.resolution import RESOLUTIONS, resolve
from server.reports.undo import undo

# So many are done while the editor waits; more by a worker.
SMALL = 50
# Readers who send reports wait for one batch at most.
BATCH = 25
# After so many other work gets its turn.
BATCHES = 20
# More at once are asked for again.
MOST = 10_000
# As long as anybody could want to see what became of it, or to undo it.
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Progress:
    """How many reports are ``done``, ``skipped`` because somebody changed them or they were so
    already, and still ``waiting``; ``undone``: it was taken back."""

    done: int
    skipped: int
    waiting: int
    undone: bool

    @property
    def total(self) -> int:
        return self.done + self.skipped + self.waiting


def begin(session: Session, user: User, kind: str, seen: Iterable[tuple[int, int]]) -> BulkAction:
    """Ask for an action on reports: their ids, and the version of each that was seen. A worker
    does it, unless the caller does by :func:`finish`; to MOST."""
    action = BulkAction(user_id=user.id, kind=kind)
    session.add(action)
    session.flush()
    _add_items(session, action, list(dict(seen).items())[:MOST])
    return action


def begin_undo(session: Session, action: BulkAction) -> BulkAction:
    """Ask for the taking back of what an action did; what it has not done it will not do. The same
    one where that was asked for before."""
    before = session.scalar(select(BulkAction).where(BulkAction.undoes_id == action.id))
    if before is not None:
        return before
    cancel(session, action)
    undoing = BulkAction(user_id=action.user_id, kind="undo", undoes_id=action.id)
    session.add(undoing)
    session.flush()
    done = session.execute(
        select(BulkItem.report_id, BulkItem.led_to).where(
            BulkItem.bulk_id == action.id, BulkItem.outcome == "done"
        )
    )
    _add_items(session, undoing, [(report_id, led_to or 0) for report_id, led_to in done])
    return undoing


def cancel(session: Session, action: BulkAction) -> None:
    """Do no more of it; what is done stays."""
    session.execute(
        update(BulkAction)
        .where(BulkAction.id == action.id, BulkAction.state == "running")
        .values(state="cancelled")
    )
    session.refresh(action)


def finish(session: Session, action: BulkAction) -> None:
    """Do all that is left of an action, in the caller's transaction."""
    while _do_batch(session, action):
        pass


def work_on_bulk_actions(
    batches: int = BATCHES, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Do up to ``batches`` batches of what was asked for first; how many were done."""
    for done in range(batches):
        if stopping():
            return done
        with write_transaction() as session:
            action = session.scalar(
                select(BulkAction)
                .where(BulkAction.state == "running")
                .order_by(BulkAction.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if action is None:
                return done
            # Another worker's batch may have come between.
            session.refresh(action)
            if action.state == "running":
                _do_batch(session, action)
    return batches


def action_of(session: Session, user: User, public_id: uuid.UUID) -> BulkAction | None:
    """An action; None where another account asked for it."""
    return session.scalar(
        select(BulkAction).where(BulkAction.public_id == public_id, BulkAction.user_id == user.id)
    )


def progress_of(session: Session, action: BulkAction) -> Progress:
    counted = session.execute(
        select(BulkItem.outcome, func.count())
        .where(BulkItem.bulk_id == action.id)
        .group_by(BulkItem.outcome)
    )
    counts = {str(outcome): int(count) for outcome, count in counted}
    undone = session.scalar(select(exists().where(BulkAction.undoes_id == action.id)))
    return Progress(
        counts.get("done", 0), counts.get("skipped", 0), counts.get("waiting", 0), bool(undone)
    )


def forget_bulk_actions() -> None:
    """Delete what was asked for long ago; the reports' history has what was done."""
    with write_transaction() as session:
        session.execute(
            delete(BulkAction)
            .where(BulkAction.created_at < now() - KEPT, BulkAction.state != "running")
            .execution_options(synchronize_session=False)
        )


def _add_items(session: Session, action: BulkAction, seen: list[tuple[int, int]]) -> None:
    if seen:
        lock_pages_of(session, [report_id for report_id, _ in seen])
        session.execute(
            insert(BulkItem),
            [
                {"bulk_id": action.id, "report_id": report_id, "version": version}
                for report_id, version in seen
            ],
        )


def _do_batch(session: Session, action: BulkAction) -> bool:
    """Whether there was anything left to do; where not, the action is done."""
    waiting = session.execute(
        select(BulkItem.report_id, BulkItem.version)
        .where(BulkItem.bulk_id == action.id, BulkItem.outcome == "waiting")
        .order_by(BulkItem.report_id)
        .limit(BATCH)
    ).all()
    if not waiting:
        action.state = "done"
        session.flush()
        return False
    user = session.get_one(User, action.user_id)
    # Whoever asked for it may have lost the right meanwhile.
    sites = sites_to_act_on(session, user) if user.active else frozenset()
    # Together, so that each is not asked for alone.
    ids = [report_id for report_id, _ in waiting]
    lock_pages_of(session, ids)
    reports = {each.id: each for each in session.scalars(select(Report).where(Report.id.in_(ids)))}
    results = []
    for report_id, version in waiting:
        report = reports[report_id]
        done = report.site_id in sites and _do(session, report, action.kind, version, user)
        led_to = report.version if done else None
        outcome = "done" if done else "skipped"
        results.append({"item": report_id, "outcome": outcome, "led_to": led_to})
    item = BulkItem.__table__.c
    session.connection().execute(
        update(BulkItem.__table__).where(  # type: ignore[arg-type]  # it is a Table
            item.bulk_id == action.id, item.report_id == bindparam("item")
        ),
        results,
    )
    return True


def _do(session: Session, report: Report, kind: str, version: int, user: User) -> bool:
    """Whether the report was as it was seen, and could be changed."""
    try:
        if kind in RESOLUTIONS:
            resolve(session, report, kind, version=version, actor=user, source="dashboard")
        elif kind == "take":
            assign(session, report, user, version=version, actor=user, source="dashboard")
        else:
            undo(session, report, version=version, actor=user, source="dashboard")
    except (StaleReport, IllegalChange):
        return False
    return True
