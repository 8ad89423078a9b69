"""The full-text search: what it looks through, and what it asks the database."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.models import Report, ReportWords, Submission
from server.text.words import Phrase, is_beginning, searchable

# Of a famous page's report: as many readers as its own page shows.
MAX_SUBMISSIONS = 50
# More would be too much for one document of PostgreSQL.
MAX_LENGTH = 50_000

_index = table("report_words_index", column("rowid"), column("report_words_index"))
_SIMPLE: ColumnElement[str] = literal_column("'simple'")


_OWN = (
    Report.id,
    Report.status,
    Report.before,
    Report.exact,
    Report.after,
    Report.suggestion,
    Report.correction,
)


def index_words(session: Session, report_ids: Collection[int]) -> None:
    """Bring what is searched up to date with some reports, in the caller's write transaction."""
    # Not as objects: what the session holds of them is about to change.
    rows = [
        {"report_id": report.id, "words": _words(session, report)}
        for report in session.execute(
            select(*_OWN).where(Report.id.in_(report_ids)).order_by(Report.id)
        )
    ]
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(ReportWords)
    session.execute(
        # Two workers may examine a report at once.
        statement.on_conflict_do_update(
            index_elements=["report_id"], set_={"words": statement.excluded.words}
        ),
        rows,
    )


def found_by(
    session: Session, phrases: Collection[Phrase], *, complete: bool = False
) -> Select[int]:
    """The ids of reports that have all of these, the last as the beginning of a word unless all
    are ``complete``."""
    beginning = not complete and is_beginning([*phrases][-1])
    if session.get_bind().dialect.name == "sqlite":
        # Quoted, so that nothing of what was typed is read as a sign of the query language.
        match = " ".join(f'"{" ".join(phrase)}"' for phrase in phrases) + "*" * beginning
        return select(_index.c.rowid.label("id")).where(
            _index.c.report_words_index.op("MATCH")(match)
        )
    terms = [" <-> ".join(f"'{word}'" for word in phrase) for phrase in phrases]
    match = " & ".join(terms) + ":*" * beginning
    return select(ReportWords.report_id.label("id")).where(
        func.to_tsvector(_SIMPLE, ReportWords.words).op("@@")(func.to_tsquery(_SIMPLE, match))
    )


def has_words(
    phrases: Collection[Phrase], report_id: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    """Whether a report has all of these; for few reports that are named by their ids.

    It reads their words instead of asking the index, which would look for the beginning of a word
    anew for each of them.
    """
    *whole, last = [" " + " ".join(phrase) for phrase in phrases]
    parts = [f"{each} " for each in whole]
    parts.append(last if is_beginning([*phrases][-1]) else f"{last} ")
    spaced = literal(" ") + ReportWords.words + literal(" ")
    # Words have no signs, and so none that LIKE reads as others.
    found = [spaced.like(f"%{part}%") for part in parts]
    return select(ReportWords.report_id).where(ReportWords.report_id == report_id, *found).exists()


def _words(session: Session, report: Row[int, str, str, str, str, str, str]) -> str:
    query = (
        select(Submission.suggestion, Submission.comment)
        .where(Submission.report_id == report.id)
        .order_by(Submission.id.desc())
        .limit(MAX_SUBMISSIONS)
    )
    if report.status != "spam":
        query = query.where(Submission.spam.is_(False))
    written = session.execute(query).all()
    sentence = f"{report.before}{report.exact}{report.after}"
    # Where only a part of a word is selected, it is found too.
    texts = [sentence, report.exact, report.suggestion, report.correction]
    texts += [suggestion for suggestion, _ in written] + [comment for _, comment in written]
    return searchable("\n".join(dict.fromkeys(filter(None, texts))))[:MAX_LENGTH]
