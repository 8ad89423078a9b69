"""a second factor and passkeys for accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
    sa.Column("tf_totp_secret", sa.Text(), nullable=True),
    sa.Column("tf_last_counter", sa.BigInteger(), nullable=True),
    sa.Column("mf_recovery_codes", sa.JSON(), nullable=True),
    sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True),
)


def upgrade() -> None:
    with op.batch_alter_table("account") as batch:
        for column in COLUMNS:
            batch.add_column(column.copy())
        batch.create_unique_constraint(
            "uq_account_fs_webauthn_user_handle", ["fs_webauthn_user_handle"]
        )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account.id"], name="fk_passkey_user_id_account", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
        sa.UniqueConstraint("user_id", "name", name="uq_passkey_user_id_name"),
    )


def downgrade() -> None:
    op.drop_table("passkey")
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint("uq_account_fs_webauthn_user_handle", type_="unique")
        for column in reversed(COLUMNS):
            batch.drop_column(column.name)
