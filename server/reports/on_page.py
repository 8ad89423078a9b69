"""The reports of one page."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from server.models import Membership, Page, Report, User
from server.text.place import Quote
from server.text.reading_order import passages

# A page view shows no more: that many are not corrected in one go.
MAX_REPORTS = 200
MAX_OTHERS = 10


def page_of(session: Session, user: User, page_id: int) -> Page | None:
    """A page; None where the account does not belong to its site."""
    return session.scalar(
        select(Page)
        .join(Membership, Membership.site_id == Page.site_id)
        .where(Membership.user_id == user.id, Page.id == page_id)
    )


def reports_of_page(session: Session, page: Page, *, closed: bool = False) -> list[list[Report]]:
    """The open reports of a page, with ``closed`` those too that are not: passage by passage, each
    in the order of the text; passages by who reported first.

    Of each kind MAX_REPORTS are looked at: of open ones the oldest, as others come when these are
    closed; of closed ones the newest. These help to find the order even where they are not shown.
    """
    of_page = (
        select(Report)
        .where(Report.page_id == page.id)
        .options(joinedload(Report.page), joinedload(Report.site), joinedload(Report.assignee))
        .limit(MAX_REPORTS)
    )
    is_open = Report.status == "open"
    found = [
        *session.scalars(of_page.where(is_open).order_by(Report.id)),
        *session.scalars(of_page.where(~is_open).order_by(Report.id.desc())),
    ]
    found.sort(key=lambda report: report.id)
    quotes = [Quote(*(getattr(each, name) for name in Quote._fields)) for each in found]
    ordered = [[found[index] for index in passage] for passage in passages(quotes)]
    shown = [[each for each in some if closed or each.status == "open"] for some in ordered]
    return [passage for passage in shown if passage]


def next_of_page(session: Session, report: Report) -> Report | None:
    """The open report that follows on its page in the order of the text, or the last before it."""
    order = [each for passage in reports_of_page(session, report.page) for each in passage]
    if report not in order:
        return next(iter(order), None)
    here = order.index(report)
    return next(iter([*order[here + 1 : here + 2], *order[max(0, here - 1) : here]]), None)


def other_open_on_page(session: Session, report: Report) -> Sequence[Report]:
    """Further open reports on a report's page, the newest first, to MAX_OTHERS."""
    return session.scalars(
        select(Report)
        .where(Report.page_id == report.page_id, Report.status == "open", Report.id != report.id)
        .order_by(Report.id.desc())
        .limit(MAX_OTHERS)
    ).all()


def count_open_on_page(session: Session, page_id: int) -> int:
    """How many open reports a page has, counted to MAX_REPORTS."""
    found = (
        select(Report.id)
        .where(Report.page_id == page_id, Report.status == "open")
        .limit(MAX_REPORTS)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(found)) or 0
