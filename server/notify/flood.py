"""So many reports for one site that a message for each would bury what matters.

Who hears at once, by mail or in a chat, then gets one message that says so, and one each hour with
what came, until fewer come. Nothing has to be switched on or off: it is a matter of how many came
just before.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import Delivery, Report
from server.notify.outbox import told_at

WINDOW = timedelta(minutes=15)
INTERVAL = timedelta(hours=1)
COLLECTS = "flood"


def in_flood(session: Session, site_id: int, moment: datetime, most: int) -> bool:
    """Whether more than ``most`` reports came for a site within WINDOW, those aside that are taken
    for spam; never with 0."""
    if not most:
        return False
    latest = (
        select(Report.id)
        .where(
            Report.site_id == site_id,
            Report.first_submitted_at > moment - WINDOW,
            Report.status != "spam",
        )
        .limit(most + 1)
        .subquery()
    )
    return (session.scalar(select(func.count()).select_from(latest)) or 0) > most


def latest_told(session: Session, address: str, site_id: int, moment: datetime) -> datetime | None:
    """When the latest message of a flood was due to somebody, or is, within INTERVAL."""
    told = told_at(moment)
    latest: datetime | None = session.scalar(
        select(told)
        .where(
            Delivery.recipient == address,
            Delivery.site_id == site_id,
            Delivery.collects == COLLECTS,
            Delivery.due_at > moment - INTERVAL,
        )
        .order_by(told.desc())
        .limit(1)
    )
    return latest


def begins_with(delivery: Delivery) -> bool:
    """Whether a delivery is the message that says so."""
    return delivery.collects == COLLECTS and "more_than" in delivery.details
