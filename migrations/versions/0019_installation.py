"""former keys, where the tag was last seen, reasons of blocks, sites that are being erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "former_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("replaced_at", _moment, nullable=False),
        sa.Column("works_until", _moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_former_key_site_id_site", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_former_key"),
        sa.UniqueConstraint("key", name="uq_former_key_key"),
    )
    op.create_index("ix_former_key_site_id", "former_key", ["site_id"])
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("seen_at", _moment, nullable=False),
        sa.CheckConstraint("kind IN ('allowed', 'foreign', 'unnamed')", name="ck_sighting_kind"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name="fk_sighting_site_id_site", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sighting"),
        sa.UniqueConstraint("site_id", "key", "kind", name="uq_sighting_site_id_key_kind"),
    )
    # Both databases fill what is there already from the default.
    op.add_column(
        "block", sa.Column("reason", sa.String(length=200), nullable=False, server_default="")
    )
    op.add_column("site", sa.Column("erasing_since", _moment, nullable=True))


def downgrade() -> None:
    op.drop_column("site", "erasing_since")
    op.drop_column("block", "reason")
    op.drop_table("sighting")
    op.drop_table("former_key")
