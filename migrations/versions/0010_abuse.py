"""block lists, reasons for spam, and what a site can set against abuse."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FORMER_SOURCES = "source IN ('widget', 'dashboard', 'mail', 'api', 'command')"
SOURCES = "source IN ('widget', 'dashboard', 'mail', 'api', 'command', 'rule')"


def upgrade() -> None:
    op.create_table(
        "block",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("pattern", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('network', 'word', 'url')", name="ck_block_kind"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_block_site_id_site", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_block"),
        sa.UniqueConstraint("site_id", "kind", "pattern", name="uq_block_site_id_kind_pattern"),
    )
    # Without batch: SQLite and PostgreSQL both add a column with a default as it is.
    for column in (
        sa.Column("challenge", sa.String(length=20), nullable=False, server_default=""),
        sa.Column("null_origin", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("links_allowed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("retention_days", sa.Integer(), nullable=False, server_default="365"),
    ):
        op.add_column("site", column)
    op.add_column(
        "submission", sa.Column("spam", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "submission", sa.Column("spam_reasons", sa.JSON(), nullable=False, server_default="[]")
    )
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint("ck_event_source", type_="check")
        batch.create_check_constraint("ck_event_source", SOURCES)


def downgrade() -> None:
    # The older program knows no rules; what they did reads as done by a command.
    op.execute("UPDATE event SET source = 'command' WHERE source = 'rule'")
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint("ck_event_source", type_="check")
        batch.create_check_constraint("ck_event_source", FORMER_SOURCES)
    with op.batch_alter_table("submission") as batch:
        batch.drop_column("spam_reasons")
        batch.drop_column("spam")
    with op.batch_alter_table("site") as batch:
        for name in ("retention_days", "links_allowed", "null_origin", "challenge"):
            batch.drop_column(name)
    op.drop_table("block")
