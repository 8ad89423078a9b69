"""pages have the tag of a language, or none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from server.text.language_tag import language_tag

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_page = sa.table("page", sa.column("language", sa.String()))


def upgrade() -> None:
    connection = op.get_bind()
    said = connection.scalars(sa.select(_page.c.language).distinct()).all()
    for language in said:
        if language_tag(language) != language:
            connection.execute(
                _page.update()
                .where(_page.c.language == language)
                .values(language=language_tag(language))
            )


def downgrade() -> None:
    """What they said stands in their submissions."""
