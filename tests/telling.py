"""Who is told of reports and when: what these tests share. Time is time-machine's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import ORIGIN

from server.database import write_transaction
from server.models import Delivery, Report
from server.notify.deliver import deliver_due
from server.notify.digests import digest_due
from server.notify.routing import route_due
from server.reports.resolution import resolve

Deliveries = Callable[[], list[Delivery]]
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 6, 1, 12, 0, tzinfo=BERLIN)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DESK = "desk@news.example"
OTHER_PAGE = f"{ORIGIN}/other"


def recipients(deliveries: Deliveries) -> list[str]:
    return sorted(each.recipient for each in deliveries())


def examined(score: int, **more: object) -> None:
    """As if the machine had looked at all reports."""
    with write_transaction() as session:
        session.execute(update(Report).values(score=score, evaluated_at=datetime.now(UTC), **more))


def work() -> None:
    """What a worker does when the bell rings."""
    route_due()
    digest_due()
    deliver_due()


def texts(mail_server: MailServer) -> list[str]:
    bodies = [each.get_body(("plain",)).get_content() for each in mail_server.messages]
    return [body.replace("\r\n", "\n") for body in bodies]


def close(exact: str, resolution: str = "fixed") -> None:
    with write_transaction() as session:
        report = session.scalars(select(Report).where(Report.exact == exact)).one()
        resolve(session, report, resolution, version=report.version, actor=None, source="dashboard")
