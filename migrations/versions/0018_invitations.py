"""invitations, and mails about an account, which belong to no site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FORMER_KINDS = "kind IN ('report', 'collected', 'digest', 'thanks', 'test')"
KINDS = "kind IN ('report', 'collected', 'digest', 'thanks', 'test', 'account')"


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'editor', 'viewer')", name="ck_invitation_role"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_invitation_site_id_site", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["account.id"],
            name="fk_invitation_invited_by_id_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("public_id", name="uq_invitation_public_id"),
        sa.UniqueConstraint("site_id", "email", name="uq_invitation_site_id_email"),
    )
    op.create_index("ix_invitation_email", "invitation", ["email"])
    with op.batch_alter_table("delivery") as batch:
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=True)
        batch.drop_constraint("ck_delivery_kind", type_="check")
        batch.create_check_constraint("ck_delivery_kind", KINDS)


def downgrade() -> None:
    # The older program cannot send them.
    op.execute("DELETE FROM delivery WHERE kind = 'account'")
    with op.batch_alter_table("delivery") as batch:
        batch.drop_constraint("ck_delivery_kind", type_="check")
        batch.create_check_constraint("ck_delivery_kind", FORMER_KINDS)
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("invitation")
