"""What a search looks through."""

from __future__ import annotations

from sqlalchemy import DDL, ForeignKey, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Base

# The index over the words. SQLite's is a table of its own (FTS5), which triggers keep up with
# ours; rows that go with their report are told to it too.
SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE report_words_index USING fts5(words, content='report_words', "
    "content_rowid='report_id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER report_words_come AFTER INSERT ON report_words BEGIN "
    "INSERT INTO report_words_index (rowid, words) VALUES (new.report_id, new.words); END",
    "CREATE TRIGGER report_words_go AFTER DELETE ON report_words BEGIN "
    "INSERT INTO report_words_index (report_words_index, rowid, words) "
    "VALUES ('delete', old.report_id, old.words); END",
    "CREATE TRIGGER report_words_change AFTER UPDATE ON report_words BEGIN "
    "INSERT INTO report_words_index (report_words_index, rowid, words) "
    "VALUES ('delete', old.report_id, old.words); "
    "INSERT INTO report_words_index (rowid, words) VALUES (new.report_id, new.words); END",
    # What stands in the index, word by word: how many reports begin so, without gathering them.
    "CREATE VIRTUAL TABLE report_words_terms USING fts5vocab(report_words_index, instance)",
)
SQLITE_NO_INDEX = (
    "DROP TABLE IF EXISTS report_words_terms",
    "DROP TABLE IF EXISTS report_words_index",
)
POSTGRESQL_INDEX = (
    "CREATE INDEX ix_report_words ON report_words USING gin (to_tsvector('simple', words))",
)


class ReportWords(Base):
    """The words of one report, see :func:`server.text.words.searchable`: its sentence, its
    corrections, and what readers wrote about it. Kept by :mod:`server.reports.words`."""

    __tablename__ = "report_words"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    words: Mapped[str] = mapped_column(Text)


def _run(dialect: str, moment: str, statements: tuple[str, ...]) -> None:
    for statement in statements:
        ddl = DDL(statement)  # type: ignore[no-untyped-call]  # it has no types
        event.listen(Base.metadata.tables["report_words"], moment, ddl.execute_if(dialect=dialect))


_run("sqlite", "after_create", SQLITE_INDEX)
_run("sqlite", "before_drop", SQLITE_NO_INDEX)
_run("postgresql", "after_create", POSTGRESQL_INDEX)
