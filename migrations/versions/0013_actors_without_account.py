"""events of recipients who act from a mail and have no account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Both databases fill what is there already from the default.
    op.add_column(
        "event", sa.Column("address", sa.String(length=254), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("event", "address")
