"""languages of accounts, and pages that somebody muted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Both databases fill what is there already from the default.
    op.add_column(
        "account",
        sa.Column("language", sa.String(length=35), nullable=False, server_default=""),
    )
    op.create_table(
        "page_mute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["page.id"], name="fk_page_mute_page_id_page", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_page_mute"),
        sa.UniqueConstraint("page_id", "address", name="uq_page_mute_page_id_address"),
    )
    op.create_index("ix_page_mute_address", "page_mute", ["address"], unique=False)


def downgrade() -> None:
    op.drop_table("page_mute")
    op.drop_column("account", "language")
