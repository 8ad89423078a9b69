"""keyed hashes of readers' networks, and the addresses that readers leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reader_key",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_reader_key"),
    )
    op.create_table(
        "reader_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name="fk_reader_contact_submission_id_submission",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reader_contact"),
        sa.UniqueConstraint("submission_id", name="uq_reader_contact_submission_id"),
    )
    op.create_index("ix_reader_contact_created_at", "reader_contact", ["created_at"], unique=False)
    # Without batch: SQLite and PostgreSQL both add a column that may be NULL as it is.
    op.add_column("submission", sa.Column("reader_hash", sa.LargeBinary(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("submission") as batch:
        batch.drop_column("reader_hash")
    op.drop_table("reader_contact")
    op.drop_table("reader_key")
