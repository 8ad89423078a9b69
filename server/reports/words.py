"""The full-text search: what it looks through, and what it asks the database."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.models import Report, ReportWords, Submission
from server.text.words import Phrase, is_beginning, searchable

# Of a famous page's report: as many readers as its own page shows.
MAX_SUBMISSIONS = 50
# More would be too much for one document of PostgreSQL.
MAX_LENGTH = 50_000

# An index that has to gather more reports before it gives the first is not asked.
MANY = 20_000
# No character comes after it.
_LAST = "\U0010ffff"

_terms = table("report_words_terms", column("term"))
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


def found_by(session: Session, phrases: Collection[Phrase]) -> Select[int] | None:
    """The ids of reports that have all of these, the last as the beginning of a word where it may
    be one, and perhaps of others; None where the index would have to gather too many."""
    *whole, last = phrases
    if not is_beginning(last):
        whole, beginning = [*phrases], ""
    else:
        # The index gathers all that begins so before it gives anything.
        beginning = last[0] if _is_rare(session, last, beginning=True) else ""
    if not whole and not beginning:
        return None
    if session.get_bind().dialect.name == "sqlite":
        # Quoted, so that nothing of what was typed is read as a sign of the query language.
        match = " ".join(f'"{" ".join(phrase)}"' for phrase in whole)
        match += f' "{beginning}"*' if beginning else ""
        return select(_index.c.rowid.label("id")).where(
            _index.c.report_words_index.op("MATCH")(match)
        )
    if not beginning and not any(_is_rare(session, phrase) for phrase in whole):
        return None
    match = " & ".join([_term(phrase) for phrase in whole] + [f"'{beginning}':*"] * bool(beginning))
    return select(ReportWords.report_id.label("id")).where(_matches(match))


def has_words(
    session: Session, phrases: Collection[Phrase], report_id: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    """Whether a report has all of these, the last as the beginning of a word where it may be one.

    It reads the report's words instead of asking the index, which would look for the beginning of
    a word anew for each report.
    """
    parts = [f" {' '.join(phrase)} " for phrase in phrases]
    if is_beginning([*phrases][-1]):
        parts[-1] = parts[-1].rstrip()
    place = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    spaced = literal(" ") + ReportWords.words + literal(" ")
    found = select(and_(*(place(spaced, part) > 0 for part in parts)))
    return found.where(ReportWords.report_id == report_id).scalar_subquery()


def _is_rare(session: Session, phrase: Phrase, *, beginning: bool = False) -> bool:
    """Whether a phrase is in no more reports than the index gathers fast: on SQLite, which is asked
    for beginnings alone, as it is; on PostgreSQL as its statistics say."""
    if session.get_bind().dialect.name == "sqlite":
        within = (_terms.c.term >= phrase[0], _terms.c.term < phrase[0] + _LAST)
        some = select(literal(1)).select_from(_terms).where(*within).limit(MANY + 1).subquery()
        return (session.scalar(select(func.count()).select_from(some)) or 0) <= MANY
    match = _term(phrase) + ":*" * beginning
    # Nothing is read: the planner estimates by what ANALYZE found.
    plan = session.scalar(
        text(
            "EXPLAIN (FORMAT JSON) SELECT report_id FROM report_words "
            "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :match)"
        ),
        {"match": match},
    )
    rows: float = plan[0]["Plan"]["Plan Rows"]
    return rows <= MANY


def _term(phrase: Phrase) -> str:
    return " <-> ".join(f"'{word}'" for word in phrase)


def _matches(match: str) -> ColumnElement[bool]:
    words = func.to_tsvector(_SIMPLE, ReportWords.words)
    return words.op("@@")(func.to_tsquery(_SIMPLE, match))


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
