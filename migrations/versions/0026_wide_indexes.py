"""the queue's indexes hold what a filter asks for, and pages are found by their path."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

PATH = {
    "sqlite": "substr(url, 8 + instr(substr(url, 9), '/'), 200)",
    "postgresql": "(substr(url, 8 + strpos(substr(url, 9), '/'), 200) COLLATE \"C\")",
}
SORTED = ("last_submitted_at", "score", "readers")
NARROW = {
    "ix_report_page": ["page_id", "id"],
    "ix_report_queue": ["site_id", "status", "last_submitted_at", "id"],
    "ix_report_assignee": ["site_id", "assignee_id", "status", "last_submitted_at", "id"],
    "ix_report_certainty": ["site_id", "status", "score", "id"],
    "ix_report_readers": ["site_id", "status", "readers", "id"],
}
WIDE = {
    "ix_report_page": ["status", *SORTED, "assignee_id"],
    "ix_report_queue": ["score", "readers", "assignee_id", "page_id"],
    "ix_report_assignee": ["score", "readers", "page_id"],
    "ix_report_certainty": ["last_submitted_at", "readers", "assignee_id", "page_id"],
    "ix_report_readers": ["last_submitted_at", "score", "assignee_id", "page_id"],
}


def upgrade() -> None:
    for name, columns in NARROW.items():
        op.drop_index(name, "report")
        op.create_index(name, "report", [*columns, *WIDE[name]])
    sqlite = op.get_bind().dialect.name == "sqlite"
    path = sa.text(PATH["sqlite" if sqlite else "postgresql"])
    op.create_index("ix_page_path", "page", ["site_id", path])
    if sqlite:
        op.execute(
            "CREATE VIRTUAL TABLE report_words_terms USING fts5vocab(report_words_index, instance)"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE report_words_terms")
    op.drop_index("ix_page_path", "page")
    for name, columns in NARROW.items():
        op.drop_index(name, "report")
        op.create_index(name, "report", columns)
