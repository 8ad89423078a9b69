"""indexes for counting reports by the time they came and were closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_report_came", "report", ["site_id", "first_submitted_at"], unique=False)
    op.create_index(
        "ix_report_closed",
        "report",
        ["site_id", "resolved_at"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NOT NULL"),
        postgresql_where=sa.text("resolved_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_report_closed", table_name="report")
    op.drop_index("ix_report_came", table_name="report")
