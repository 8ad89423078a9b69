"""What speaks for and against a report, and how certain that makes it.

The worker examines each report once it is stored, and again when a reader joins. Nothing is
claimed: a report that two workers examine gets the same findings twice. What was examined is
stored only if no reader joined meanwhile; the report then waits for its next turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.extensions import db, settings_of
from server.models import Report
from server.reports.page_locks import lock_pages_of
from server.reports.readers import independent_readers
from server.reports.words import index_words
from server.spelling.dictionaries import default_folders
from server.spelling.speller import Hunspell, shared
from server.text.evidence import Finding, Reported, examine, score_of
from server.text.evidence.finding import translatable
from server.text.evidence.weights import found

log = logging.getLogger(__name__)

# Mail waits behind a batch, so it is small, and ends early where words take long.
BATCH = 20
BATCH_SECONDS = 5.0
# How many reports one write transaction marks as owed.
MARKED_AT_ONCE = 1_000


def evaluate_pending(limit: int = BATCH, stopping: Callable[[], bool] = lambda: False) -> int:
    """Examine up to ``limit`` reports that wait for it, the newest first. Returns how many.

    Ends early after BATCH_SECONDS, and between two reports when ``stopping`` says so.
    """
    end = monotonic() + BATCH_SECONDS
    examined = 0
    pending = _pending(db.session(), limit)
    db.session.rollback()
    for report_id in pending:
        if stopping() or monotonic() > end:
            break
        report = db.session.get(Report, report_id, options=[_WITH_LANGUAGE])
        if report:
            evaluate(db.session(), report)
            examined += 1
    return examined


def evaluate(session: Session, report: Report) -> list[Finding]:
    """Examine a report and store what is found. Never raises for a text, whatever it holds."""
    reported = _reported(report, independent_readers(session, report.id))
    report_id, readers = report.id, report.readers
    # Looking words up takes long; no transaction stays open meanwhile.
    session.rollback()
    try:
        findings = _examine(reported)
        score = score_of(findings)
        stored = [finding.stored() for finding in findings]
    except Exception:
        # A text that cannot be examined must not come again and again, nor stop the others.
        log.exception("report %s cannot be examined", report_id)
        findings = [found("not-examined", translatable("This text could not be examined."))]
        score, stored = score_of(findings), [finding.stored() for finding in findings]
    with write_transaction() as writing:
        # The report before its words, as whoever corrects it.
        writing.execute(
            update(Report)
            .where(
                Report.id == report_id,
                Report.readers == readers,
                Report.suggestion == reported.suggestion,
            )
            .values(evidence=stored, score=score, evaluated_at=now())
            .execution_options(synchronize_session=False)
        )
        index_words(writing, [report_id])
    return findings


def mark_all_pending(session: Session, after: int = 0) -> int | None:
    """Have the next MARKED_AT_ONCE reports examined again, in the caller's write transaction.
    Returns the id to go on after, None at the end."""
    ids = session.scalars(
        select(Report.id).where(Report.id > after).order_by(Report.id).limit(MARKED_AT_ONCE)
    ).all()
    if not ids:
        return None
    lock_pages_of(session, ids)
    session.execute(
        update(Report)
        .where(Report.id.between(ids[0], ids[-1]))
        .values(evaluated_at=None)
        .execution_options(synchronize_session=False)
    )
    return ids[-1]


def pending_count(session: Session) -> int:
    """How many reports wait to be examined."""
    return (
        session.scalar(
            select(func.count()).select_from(Report).where(Report.evaluated_at.is_(None))
        )
        or 0
    )


def main_reason(report: Report) -> str:
    """The finding that decides, in two or three words; empty where nothing was found."""
    weighty = [each for each in report.evidence if each["weight"] and each["label"]]
    return str(weighty[0]["label"]) if weighty else ""


def hunspell_of(settings: Settings) -> Hunspell:
    """This process's spelling checker."""
    return shared(tuple(default_folders(settings.dictionaries_dir)))


_WITH_LANGUAGE = joinedload(Report.page)


def _pending(session: Session, limit: int) -> Sequence[int]:
    """Spam waits behind the rest, so that a flood of it holds up no mail; it is examined too, for
    whoever looks there for what was taken for spam."""
    waiting = select(Report.id).where(Report.evaluated_at.is_(None)).order_by(Report.id.desc())
    others = session.scalars(waiting.where(Report.status != "spam").limit(limit)).all()
    if len(others) == limit:
        return others
    spam = session.scalars(waiting.where(Report.status == "spam").limit(limit - len(others))).all()
    return [*others, *spam]


def _reported(report: Report, readers: int) -> Reported:
    # The quote's surroundings stand in where a widget sent no sentence.
    alone = not report.before and not report.after
    return Reported(
        before=report.prefix if alone else report.before,
        exact=report.exact,
        after=report.suffix if alone else report.after,
        suggestion=report.suggestion,
        language=report.page.language or report.site.language,
        readers=readers,
    )


def _examine(reported: Reported) -> list[Finding]:
    hunspell = hunspell_of(settings_of())
    speller = hunspell.speller_of(reported.language)
    english = None if reported.base_language == "en" else hunspell.speller_of("en")
    return examine(reported, speller, english)
