"""names and languages of recipients without account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length in (("name", 200), ("language", 35)):
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("subscription", column)


def downgrade() -> None:
    op.drop_column("subscription", "language")
    op.drop_column("subscription", "name")
