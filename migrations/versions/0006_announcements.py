"""announcements; deliveries about several reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("routed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_announcement_site_id_site", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name="fk_announcement_report_id_report",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name="fk_announcement_event_id_event", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_announcement"),
        sa.UniqueConstraint("event_id", name="uq_announcement_event_id"),
    )
    op.create_index("ix_announcement_site_id", "announcement", ["site_id"], unique=False)
    op.create_index("ix_announcement_report_id", "announcement", ["report_id"], unique=False)
    op.create_index(
        "ix_announcement_due",
        "announcement",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("routed_at IS NULL"),
        postgresql_where=sa.text("routed_at IS NULL"),
    )
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(
            sa.Column("kind", sa.String(length=10), nullable=False, server_default="report")
        )
        batch.add_column(sa.Column("dedupe_key", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("collects", sa.String(length=40), nullable=True))
        batch.alter_column("report_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("event_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column(
            "recipient",
            existing_type=sa.String(length=254),
            type_=sa.String(length=500),
            existing_nullable=False,
        )
        batch.drop_constraint("uq_delivery_event_id_channel_recipient", type_="unique")
        batch.drop_constraint("ck_delivery_channel", type_="check")
        batch.create_check_constraint(
            "ck_delivery_channel", "channel IN ('mail', 'webhook', 'apprise')"
        )
        batch.create_check_constraint(
            "ck_delivery_kind", "kind IN ('report', 'collected', 'digest', 'thanks', 'test')"
        )
    # Their causes are past: nothing can owe them again, so any key that is their own will do.
    op.execute("UPDATE delivery SET dedupe_key = 'delivery:' || id")
    op.create_table(
        "delivery_report",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name="fk_delivery_report_delivery_id_delivery",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name="fk_delivery_report_report_id_report",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
            name="fk_delivery_report_event_id_event",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "report_id", name="pk_delivery_report"),
    )
    op.create_index("ix_delivery_report_report_id", "delivery_report", ["report_id"], unique=False)
    op.execute(
        "INSERT INTO delivery_report (delivery_id, report_id, event_id) "
        "SELECT id, report_id, event_id FROM delivery"
    )
    with op.batch_alter_table("delivery") as batch:
        batch.alter_column("dedupe_key", existing_type=sa.String(length=64), nullable=False)
        batch.alter_column(
            "kind", existing_type=sa.String(length=10), existing_nullable=False, server_default=None
        )
        batch.create_unique_constraint("uq_delivery_dedupe_key", ["dedupe_key"])
    op.create_index("ix_delivery_recipient", "delivery", ["recipient", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_table("delivery_report")
    op.drop_index("ix_delivery_recipient", table_name="delivery")
    # The older program knows one report and one message for each event and editor alone.
    op.execute("DELETE FROM delivery WHERE kind <> 'report' OR channel <> 'mail'")
    op.execute("DELETE FROM delivery WHERE length(recipient) > 254")
    with op.batch_alter_table("delivery") as batch:
        batch.drop_constraint("uq_delivery_dedupe_key", type_="unique")
        batch.drop_constraint("ck_delivery_kind", type_="check")
        batch.drop_constraint("ck_delivery_channel", type_="check")
        batch.create_check_constraint("ck_delivery_channel", "channel IN ('mail')")
        batch.create_unique_constraint(
            "uq_delivery_event_id_channel_recipient", ["event_id", "channel", "recipient"]
        )
        batch.alter_column("report_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("event_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column(
            "recipient",
            existing_type=sa.String(length=500),
            type_=sa.String(length=254),
            existing_nullable=False,
        )
        batch.drop_column("collects")
        batch.drop_column("dedupe_key")
        batch.drop_column("kind")
    op.drop_table("announcement")
