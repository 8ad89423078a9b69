"""a second factor and passkeys for accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = {
    "tf_primary_method": sa.String(length=64),
    "tf_totp_secret": sa.Text(),
    "tf_last_counter": sa.BigInteger(),
    "mf_recovery_codes": sa.JSON(),
    "fs_webauthn_user_handle": sa.String(length=64),
}


def upgrade() -> None:
    # Without batch: a copy of the table would lose its index on lower(email) on SQLite, and both
    # databases add a column that may be NULL as it is.
    for name, kind in COLUMNS.items():
        op.add_column("account", sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_account_fs_webauthn_user_handle", "account", ["fs_webauthn_user_handle"], unique=True
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
    op.drop_index("ix_account_fs_webauthn_user_handle", table_name="account")
    for name in reversed(COLUMNS):
        op.drop_column("account", name)
