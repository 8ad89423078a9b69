"""whether members are told what was assigned to them.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("assigned", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("subscription", column)
    # Who wants no mail of a site wants none of this kind either.
    subscription = sa.table("subscription", sa.column("mode"), sa.column("assigned"))
    op.execute(
        subscription.update().where(subscription.c.mode == "never").values(assigned=sa.false())
    )


def downgrade() -> None:
    op.drop_column("subscription", "assigned")
