"""hashes of readers' addresses, and the thanks that still name one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAMES_A_READER = sa.text("kind = 'thanks' AND recipient != ''")


def upgrade() -> None:
    op.create_table(
        "reader_address",
        sa.Column("address_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address_hash", name="pk_reader_address"),
    )
    op.create_index(
        "ix_delivery_thanks",
        "delivery",
        ["id"],
        unique=False,
        sqlite_where=NAMES_A_READER,
        postgresql_where=NAMES_A_READER,
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_thanks", table_name="delivery")
    op.drop_table("reader_address")
