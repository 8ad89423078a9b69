"""who has a report, the editors' own correction, and notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FORMER_KINDS = "kind IN ('opened', 'joined', 'fixed', 'rejected', 'spam', 'reopened')"
KINDS = (
    "kind IN ('opened', 'fixed', 'rejected', 'spam', 'reopened', 'joined', "
    "'assigned', 'unassigned', 'corrected')"
)
QUEUE = ["site_id", "assignee_id", "status", "last_submitted_at", "id"]


def upgrade() -> None:
    with op.batch_alter_table("report") as batch:
        batch.add_column(sa.Column("correction", sa.Text(), nullable=False, server_default=""))
        _add_assignee(batch, "report")
    op.create_index("ix_report_assignee", "report", QUEUE)
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("correction", sa.Text(), nullable=False, server_default=""))
        _add_assignee(batch, "event")
        batch.drop_constraint("ck_event_kind", type_="check")
        batch.create_check_constraint("ck_event_kind", KINDS)
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name="fk_note_report_id_report", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name="fk_note_author_id_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_report_id", "note", ["report_id"])


def _add_assignee(batch: BatchOperations, table: str) -> None:
    batch.add_column(sa.Column("assignee_id", sa.Integer(), nullable=True))
    batch.create_foreign_key(
        f"fk_{table}_assignee_id_account", "account", ["assignee_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    op.drop_table("note")
    # The older program does not know that anybody worked on a report before it was closed.
    op.execute("DELETE FROM event WHERE kind IN ('assigned', 'unassigned', 'corrected')")
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint("ck_event_kind", type_="check")
        batch.create_check_constraint("ck_event_kind", FORMER_KINDS)
        batch.drop_constraint("fk_event_assignee_id_account", type_="foreignkey")
        batch.drop_column("assignee_id")
        batch.drop_column("correction")
    op.drop_index("ix_report_assignee", "report")
    with op.batch_alter_table("report") as batch:
        batch.drop_constraint("fk_report_assignee_id_account", type_="foreignkey")
        batch.drop_column("assignee_id")
        batch.drop_column("correction")
