"""a page's newest reports."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_report_page", "report", ["page_id", "id"])
    op.drop_index("ix_report_page_id", "report")


def downgrade() -> None:
    op.create_index("ix_report_page_id", "report", ["page_id"])
    op.drop_index("ix_report_page", "report")
