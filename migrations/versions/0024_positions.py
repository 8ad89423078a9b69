"""where on its page a selection stands.

What is there has none: widgets did not say.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("report", "submission"):
        op.add_column(table, sa.Column("position", sa.Integer))
        op.add_column(table, sa.Column("text_length", sa.Integer))


def downgrade() -> None:
    for table in ("report", "submission"):
        op.drop_column(table, "text_length")
        op.drop_column(table, "position")
