"""Reports by their public ids."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from server.models import Report


def report_of_site(session: Session, site_id: int, public_id: uuid.UUID) -> Report | None:
    """A report, for whom something else than an account says that they may see the site's."""
    return session.scalar(
        select(Report)
        .where(Report.public_id == public_id, Report.site_id == site_id)
        .options(joinedload(Report.page), joinedload(Report.site))
    )
