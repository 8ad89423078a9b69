"""evidence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PENDING = sa.text("evaluated_at IS NULL")


# Columns are added and dropped in place, not by copying the table: on SQLite dropping the old copy
# would delete, row by row, all that refers to it.


def upgrade() -> None:
    op.add_column("report", sa.Column("evidence", sa.JSON(), nullable=False, server_default="[]"))
    # A report that was not examined stands in the middle.
    op.add_column("report", sa.Column("score", sa.Integer(), nullable=False, server_default="40"))
    op.add_column("report", sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_report_certainty", "report", ["site_id", "status", "score", "id"])
    op.create_index(
        "ix_report_unexamined", "report", ["id"], sqlite_where=PENDING, postgresql_where=PENDING
    )


def downgrade() -> None:
    op.drop_index("ix_report_unexamined", "report")
    op.drop_index("ix_report_certainty", "report")
    for column in ("evaluated_at", "score", "evidence"):
        op.drop_column("report", column)
