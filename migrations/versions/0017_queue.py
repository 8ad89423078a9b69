"""the queue's filters, its search, and views that members keep."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from server.text.words import searchable

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BATCH = 1_000
MAX_LENGTH = 50_000
SAID = ("author", "section", "language")
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
)
POSTGRESQL_INDEX = (
    "CREATE INDEX ix_report_words ON report_words USING gin (to_tsvector('simple', words))",
)


def upgrade() -> None:
    for name in SAID:
        said = sa.text(f"{name} <> ''")
        op.create_index(
            f"ix_page_{name}", "page", ["site_id", name], sqlite_where=said, postgresql_where=said
        )
    op.create_index("ix_report_readers", "report", ["site_id", "status", "readers", "id"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name="fk_saved_view_user_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("user_id", "name", name="uq_saved_view_user_id_name"),
    )
    op.create_table(
        "report_words",
        sa.Column("report_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name="fk_report_words_report_id_report",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", name="pk_report_words"),
    )
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    for statement in SQLITE_INDEX if sqlite else POSTGRESQL_INDEX:
        op.execute(statement)
    _fill(connection)


def _fill(connection: sa.Connection) -> None:
    """What is there already can be searched for too. A worker does it for what comes."""
    report, submission, words = (
        sa.table(name, *map(sa.column, columns.split()))
        for name, columns in (
            ("report", "id before exact after suggestion correction"),
            ("submission", "id report_id suggestion comment spam"),
            ("report_words", "report_id words"),
        )
    )
    last = 0
    while True:
        rows = connection.execute(
            sa.select(report).where(report.c.id > last).order_by(report.c.id).limit(BATCH)
        ).all()
        if not rows:
            return
        written = defaultdict(list)
        for report_id, *texts in connection.execute(
            sa.select(submission.c.report_id, submission.c.suggestion, submission.c.comment)
            .where(submission.c.report_id.in_([row.id for row in rows]))
            .where(submission.c.spam.is_(sa.false()))
            .order_by(submission.c.id.desc())
        ):
            written[report_id].extend(filter(None, texts))
        connection.execute(
            sa.insert(words),
            [{"report_id": row.id, "words": _words(row, written[row.id])} for row in rows],
        )
        last = rows[-1].id


def _words(row: sa.Row, written: list[str]) -> str:
    sentence = f"{row.before}{row.exact}{row.after}"
    own = [sentence, row.exact, row.suggestion, row.correction]
    return searchable("\n".join(dict.fromkeys([*own, *written])))[:MAX_LENGTH]


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE report_words_index")
    op.drop_table("report_words")
    op.drop_table("saved_view")
    op.drop_index("ix_report_readers", "report")
    for name in SAID:
        op.drop_index(f"ix_page_{name}", "page")
