"""subscriptions, routing rules, authors; what pages declare of themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _site_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["site_id"], ["site.id"], name=f"fk_{table}_site_id_site", ondelete="CASCADE"
    )


def _account_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["account.id"], name=f"fk_{table}_user_id_account", ondelete="CASCADE"
    )


def upgrade() -> None:
    for name in ("author", "section"):
        op.add_column(
            "page", sa.Column(name, sa.String(length=200), nullable=False, server_default="")
        )
    op.add_column("delivery", sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("min_readers", sa.Integer(), nullable=False),
        sa.Column("min_score", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("next_digest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(user_id IS NULL) <> (address IS NULL)", name="ck_subscription_recipient"
        ),
        sa.CheckConstraint(
            "mode IN ('at_once', 'hourly', 'daily', 'weekly', 'never')",
            name="ck_subscription_mode",
        ),
        _site_key("subscription"),
        _account_key("subscription"),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("public_id", name="uq_subscription_public_id"),
        sa.UniqueConstraint("site_id", "address", name="uq_subscription_site_id_address"),
        sa.UniqueConstraint("site_id", "user_id", name="uq_subscription_site_id_user_id"),
    )
    op.create_index("ix_subscription_digest", "subscription", ["next_digest_at"], unique=False)
    op.create_index("ix_subscription_user_id", "subscription", ["user_id"], unique=False)
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("evidence", sa.String(length=40), nullable=False),
        sa.Column("min_score", sa.Integer(), nullable=False),
        sa.Column("author_first", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _site_key("routing_rule"),
        sa.PrimaryKeyConstraint("id", name="pk_routing_rule"),
        sa.UniqueConstraint("public_id", name="uq_routing_rule_public_id"),
    )
    op.create_index(
        "ix_routing_rule_site", "routing_rule", ["site_id", "position", "id"], unique=False
    )
    op.create_table(
        "rule_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.CheckConstraint(
            "(user_id IS NULL) <> (address IS NULL)", name="ck_rule_recipient_recipient"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"],
            ["routing_rule.id"],
            name="fk_rule_recipient_rule_id_routing_rule",
            ondelete="CASCADE",
        ),
        _account_key("rule_recipient"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_recipient"),
    )
    op.create_index("ix_rule_recipient_rule_id", "rule_recipient", ["rule_id"], unique=False)
    op.create_index("ix_rule_recipient_user_id", "rule_recipient", ["user_id"], unique=False)
    op.create_table(
        "author_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        _site_key("author_address"),
        sa.PrimaryKeyConstraint("id", name="pk_author_address"),
        sa.UniqueConstraint("public_id", name="uq_author_address_public_id"),
        sa.UniqueConstraint("site_id", "name_key", name="uq_author_address_site_id_name_key"),
    )


def downgrade() -> None:
    for table in ("author_address", "rule_recipient", "routing_rule", "subscription"):
        op.drop_table(table)
    op.drop_column("delivery", "details")
    for name in ("section", "author"):
        op.drop_column("page", name)
