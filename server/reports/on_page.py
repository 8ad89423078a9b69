"""The reports of one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from server.models import Membership, Page, Report, Submission, User
from server.text.place import Quote
from server.text.reading_order import Standing, passages

# A page view shows no more: that many are not corrected in one go.
MAX_REPORTS = 200
# The latest submissions that are asked where they stood.
MAX_STANDINGS = 2000
MAX_OTHERS = 10


def page_of(session: Session, user: User, page_id: int) -> Page | None:
    """A page; None where the account does not belong to its site."""
    return session.scalar(
        select(Page)
        .join(Membership, Membership.site_id == Page.site_id)
        .where(Membership.user_id == user.id, Page.id == page_id)
    )


@dataclass(frozen=True)
class OnPage:
    """Reports of a page. ``placed``: in the order of the text; ``unplaced``: of which nobody knows
    where they stand, though neighbours come together, by who reported first."""

    placed: list[Report]
    unplaced: list[Report]

    @property
    def all(self) -> list[Report]:
        return self.placed + self.unplaced


def reports_of_page(session: Session, page: Page, *, closed: bool = False) -> OnPage:
    """The open reports of a page, with ``closed`` those too that are not.

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
    order = passages(quotes, _standings(session, found))

    def shown(some: list[list[int]]) -> list[Report]:
        reports = [found[index] for passage in some for index in passage]
        return [each for each in reports if closed or each.status == "open"]

    return OnPage(shown(order.placed), shown(order.unplaced))


def _standings(session: Session, reports: Sequence[Report]) -> list[Standing]:
    """Where the reports' words stood as readers saw the page, the newest first. Whoever reports a
    mistake again tells where it stands by then, and where a report is of an older widget's."""
    indexes = {report.id: index for index, report in enumerate(reports)}
    told = session.execute(
        select(Submission.report_id, Submission.exact, Submission.position, Submission.text_length)
        .where(Submission.report_id.in_(indexes), Submission.position.is_not(None))
        # What spam says of a place counts where only spam named it.
        .order_by(Submission.spam, Submission.id.desc())
        .limit(MAX_STANDINGS)
    )
    found = []
    for report_id, exact, start, length in told:
        index = indexes[report_id]
        if start is not None and length is not None:
            found.append(Standing(index, start + _within(exact, reports[index].exact), length))
    # Of what was erased the reports keep their own.
    for index, report in reversed(list(enumerate(reports))):
        if report.position is not None and report.text_length is not None:
            found.append(Standing(index, report.position, report.text_length))
    return found


def _within(selected: str, shown: str) -> int:
    """How far behind what a reader selected that begins which the report shows."""
    if (at := selected.find(shown)) >= 0:
        return at
    return -max(0, shown.find(selected))


def neighbours_on_page(
    session: Session, report: Report, *, closed: bool = False
) -> tuple[Report | None, Report | None]:
    """The open reports before and after one in the order of its page's text, with ``closed`` those
    too that are not. Of a report that is beyond those that are looked at, the first follows."""
    order = reports_of_page(session, report.page, closed=True).all
    here = order.index(report) if report in order else -1
    above, below = (
        [each for each in part if closed or each.status == "open"]
        for part in (order[: max(0, here)], order[here + 1 :])
    )
    return (above[-1] if above else None), (below[0] if below else None)


def next_of_page(session: Session, report: Report) -> Report | None:
    """The open report that follows on its page in the order of the text, or the last before it."""
    above, below = neighbours_on_page(session, report)
    return below or above


def other_open_on_page(session: Session, report: Report) -> Sequence[Report]:
    """Further open reports on a report's page: the newest, to MAX_OTHERS, by where they stand as
    far as their own positions tell."""
    newest = session.scalars(
        select(Report)
        .where(Report.page_id == report.page_id, Report.status == "open", Report.id != report.id)
        .order_by(Report.id.desc())
        .limit(MAX_OTHERS)
    )
    return sorted(newest, key=lambda each: (each.position is None, each.position or 0, each.id))


def count_open_on_page(session: Session, page_id: int) -> int:
    """How many open reports a page has, counted to MAX_REPORTS."""
    found = (
        select(Report.id)
        .where(Report.page_id == page_id, Report.status == "open")
        .limit(MAX_REPORTS)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(found)) or 0
