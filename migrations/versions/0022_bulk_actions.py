"""one action on many reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('fixed', 'rejected', 'spam', 'take', 'undo')", name="ck_bulk_action_kind"
        ),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'cancelled')", name="ck_bulk_action_state"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name="fk_bulk_action_user_id_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"],
            ["bulk_action.id"],
            name="fk_bulk_action_undoes_id_bulk_action",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_action"),
        sa.UniqueConstraint("public_id", name="uq_bulk_action_public_id"),
    )
    op.create_index("ix_bulk_action_created_at", "bulk_action", ["created_at"])
    op.create_index(
        "ix_bulk_action_running",
        "bulk_action",
        ["id"],
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "bulk_item",
        sa.Column("bulk_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("led_to", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'done', 'skipped')", name="ck_bulk_item_outcome"
        ),
        sa.ForeignKeyConstraint(
            ["bulk_id"],
            ["bulk_action.id"],
            name="fk_bulk_item_bulk_id_bulk_action",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name="fk_bulk_item_report_id_report", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bulk_id", "report_id", name="pk_bulk_item"),
    )
    op.create_index("ix_bulk_item_report_id", "bulk_item", ["report_id"])
    op.create_index("ix_bulk_item_outcome", "bulk_item", ["bulk_id", "outcome"])


def downgrade() -> None:
    op.drop_table("bulk_item")
    op.drop_table("bulk_action")
